"""The contract with the bindings: the schema is the one this code was written for."""

from linewatch.link.sapient import pb


def test_the_schema_is_bsi_flex_335_version_2() -> None:
    lines = pb.descriptor_lines()
    of_the_standard = [line for line in lines if not line.startswith("google.")]
    assert len(of_the_standard) == 476
    assert pb.schema_digest() == (
        "0271d4cdf2ca03575112b6f62251e8b7bdc41fc6a999276640f75d269eb6d69a"
    )


def test_the_node_types_that_act_are_those_we_know() -> None:
    names = {
        line.split()[1].removeprefix("NODE_TYPE_")
        for line in pb.descriptor_lines()
        if ".NodeType NODE_TYPE_" in line
    }
    assert len(names) == 21
    assert {"KINETIC", "JAMMER", "CYBER", "LDEW", "RFDEW"} <= names
