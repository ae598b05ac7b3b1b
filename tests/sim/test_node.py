"""Tests of the names of simulated nodes."""

from linewatch.sim.node import node_id_of


def test_names_and_seeds_tell_nodes_apart_and_make_them_again() -> None:
    pairs = [(name, seed) for name in ("a", "b", "c") for seed in range(50)]
    ids = [node_id_of(*pair) for pair in pairs]
    assert len(set(ids)) == 150
    assert ids == [node_id_of(*pair) for pair in pairs]
