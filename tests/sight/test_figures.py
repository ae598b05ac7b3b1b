"""Tests of a kind's figures as plain values: every one comes back to the bit."""

import json
import math
from dataclasses import fields, replace
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import BadValue
from linewatch.log.schema import FIELDS
from linewatch.sight import AIRCRAFT, KINDS, SensorKind, kind_from, record_of
from linewatch.sight.figures import NUMBERS, changed
from linewatch.sight.kind import Waves

EVERY = [*KINDS.values(), AIRCRAFT]


@st.composite
def odd_kinds(draw: st.DrawFn) -> SensorKind:
    """Draw a kind like a built-in one, with some of its numbers anywhere."""
    kind = draw(st.sampled_from(EVERY))
    kind = replace(kind, name="odd", like=kind.name, label=draw(st.text(max_size=20)))
    for name in draw(st.lists(st.sampled_from(sorted(NUMBERS)), max_size=12)):
        if name.startswith("waves_") and kind.waves is None:
            continue
        figure = NUMBERS[name]
        value = draw(
            st.floats(figure.low, figure.high, exclude_min=True, exclude_max=True)
        )
        kind = changed(kind, name, value)
    return kind


@given(odd_kinds())
def test_a_kind_comes_back_to_the_bit_through_json(kind: SensorKind) -> None:
    told = json.loads(json.dumps(record_of(kind), allow_nan=False, sort_keys=True))
    assert kind_from("odd", told) == kind
    assert repr(kind_from("odd", told)) == repr(kind)


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_every_field_of_a_kind_is_in_its_record(kind: SensorKind) -> None:
    """A field that somebody adds and that is not kept would make replays differ."""
    told = record_of(kind)
    assert kind_from(kind.name, told) == kind
    assert kind_from(kind.name, told).source == kind.source
    kept = {name.split("_")[0] for name in told}
    for field in fields(SensorKind):
        value = getattr(kind, field.name)
        if field.name != "name" and value not in ("", None, math.inf):
            assert field.name.split("_")[0] in kept
    numbers = {name for name in told if name in NUMBERS}
    inside = all(NUMBERS[name].allows(float(str(told[name]))) for name in numbers)
    assert inside, "a built-in figure is outside what a file may tell"


def test_the_log_has_a_field_for_every_figure_but_the_sources() -> None:
    names = {"proposal_id", "kind", "like", "wind_half_mps"}
    names |= {n for kind in EVERY for n in record_of(kind) if not n.endswith("source")}
    assert set(FIELDS["figures"]) == names


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mast_m": None}, "figures of odd must be whole, not without mast_m"),
        ({"mast_m": "10"}, "mast_m of odd must be a number, not '10'"),
        ({"mast_m": True}, "mast_m of odd must be a number, not True"),
        ({"mast_m": math.nan}, "mast_m of odd must be finite"),
        (
            {"law": "magic"},
            "law of odd must be one of echo, image, tremor, not 'magic'",
        ),
        ({"gives": 3}, "gives of odd must be one of polar, presence"),
        ({"label": 3}, "label of odd must be text, not 3"),
        ({"bands_um": "10"}, "bands_um of odd must be a list of numbers"),
        ({"bands_um": ["10"]}, "bands_um of odd must be a number"),
        ({"colour": "red"}, "those of a sensor kind, not with colour"),
        (
            {"waves_cell_m": None},
            "figures of odd must be whole, not without waves_cell_",
        ),
        ({"ceiling": 0.0}, "ceiling must be above 0 and at most 1"),
        ({"period_s": -1.0}, "period_s must be above 0"),
    ],
)
def test_a_record_that_cannot_be_read_is_told_in_one_line(
    change: dict[str, object], said: str
) -> None:
    told = {**record_of(KINDS["radar"]), **change}
    told = {name: value for name, value in told.items() if value is not None}
    with pytest.raises(BadValue) as refused:
        kind_from("odd", told)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_record_without_sources_gives_the_same_kind_to_a_watch() -> None:
    """A kept state names its kinds by what they are, not by who said so."""
    kind = KINDS["radar"]
    told = {n: v for n, v in record_of(kind).items() if not n.endswith("source")}
    again = kind_from("radar", told)
    assert repr(again) == repr(kind)
    assert again.source == ""


def test_a_change_of_one_number_changes_that_one_alone() -> None:
    radar = KINDS["radar"]
    assert isinstance(radar.waves, Waves)
    for name in NUMBERS:
        told = record_of(changed(radar, name, 0.125))
        before = {k: v for k, v in record_of(radar).items() if k != name}
        if name == "wind_half_mps":
            assert "wind_half_mps" not in record_of(radar)
        assert told.pop(name) == 0.125
        assert told == before


def test_anchors_scale_together() -> None:
    far = KINDS["camera"].scaled(2.0)
    assert isinstance(far.anchor_m, MappingProxyType)
    for target, metres in KINDS["camera"].anchor_m.items():
        assert far.anchor_m[target] == 2 * metres
    assert far.reach_m == KINDS["camera"].reach_m


def test_a_kind_of_a_scenario_has_the_family_of_what_it_is_like() -> None:
    assert {kind.family for kind in KINDS.values()} == set(KINDS)
    assert replace(KINDS["radar"], name="radar-b", like="radar").family == "radar"
