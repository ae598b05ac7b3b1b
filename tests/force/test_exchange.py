"""Tests of the picture between a ledger and other formats."""

from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from linewatch.force import read_ledger
from linewatch.force.exchange.loss import Losses
from linewatch.force.exchange.picture import Held, Part, Picture, changes_only
from linewatch.force.exchange.taking import picture_of
from linewatch.force.exchange.telling import ledger_text, quoted
from tests.force.ledgers import HEAD, SENT, write
from tests.force.pictures import START, pictures, through_ledger

SHARED_FOLDER = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=40,
)


@SHARED_FOLDER
@given(picture=pictures())
def test_a_picture_is_the_same_after_it_was_a_ledger(
    picture: Picture, tmp_path: Path
) -> None:
    back = through_ledger(picture, tmp_path)
    assert back.parts == picture.parts
    assert {s for s in back.spots if s.name != "somewhere"} == set(picture.spots)
    assert back.kits == picture.kits
    assert set(back.under) == set(picture.under)
    key = lambda one: (*map(str, one.key), one.on)  # noqa: E731 - of one line
    assert sorted(back.held, key=key) == sorted(picture.held, key=key)


def test_the_picture_of_a_ledger_counts_by_day(tmp_path: Path) -> None:
    losses = Losses()
    ledger = read_ledger(
        write(
            tmp_path,
            SENT
            + "2025-03-06 leave alpha 5 T10 @bliss ^ap known=2025-03-09\n"
            "2025-03-06 attach alpha under=bravo ^ap\n"
            "2025-03-07 detach alpha ^ap\n2025-03-07 detach bravo ^ap\n"
            "2025-03-08 count * 50 approved ! known=2025-03-08\n".replace("50", "100"),
        )
    )
    picture = picture_of(ledger, losses)
    assert [
        (h.on.day, h.count, h.present, h.leave, h.waiting) for h in picture.held
    ] == [
        (2, 80, 0, 0, 80),
        (5, 80, 50, 0, 30),
        (6, 80, 45, 5, 30),
    ]
    assert [(u.on.day, u.superior) for u in picture.under] == [(6, "bravo"), (7, None)]
    assert [loss.what for loss in losses.all()] == [
        "counts: figures that the ledger must agree with",
        "days on which things became known",
        "marks of planning assumptions",
        "sources and notes of entries",
        "numbers approved and not yet sourced",
        "numbers in transit, told apart from those yet to leave",
    ]
    early = picture_of(ledger, Losses(), known=date(2025, 3, 8))
    assert [h.on.day for h in early.held] == [2, 5]


def test_people_who_change_their_status_stay_where_they_are(tmp_path: Path) -> None:
    text = (
        SENT + "2025-03-06 status alpha 20 T32 was=T10 @bliss ^ap\n"
        "2025-03-06 status alpha 15 SAD was=T10 while=sourced ^ap\n"
    )
    first = picture_of(read_ledger(write(tmp_path, text)), Losses())
    wrote = ledger_text(first, source="x")
    assert "2025-03-06 status alpha 20 T32 was=T10 @bliss ^imported" in wrote
    assert "2025-03-06 status alpha 15 SAD was=T10 while=sourced ^imported" in wrote
    assert "return" not in wrote
    assert through_ledger(first, tmp_path).held == first.held


def test_losses_of_one_kind_are_counted_and_told_once() -> None:
    losses = Losses()
    losses.add("supplies of units", "$.a")
    losses.add("supplies of units", "$.b")
    losses.add("events", "$")
    told = [str(loss) for loss in losses.all()]
    assert told == ["supplies of units (2 times, first $.a)", "events ($)"]


def test_only_changes_are_kept_and_the_last_of_a_day_holds() -> None:
    def held(day: int, count: int) -> Held:
        return Held(unit="a", on=date(2025, 3, day), status="T10", count=count)

    kept = changes_only([held(4, 9), held(1, 0), held(2, 5), held(3, 5), held(4, 7)])
    assert [(one.on.day, one.count) for one in kept] == [(2, 5), (4, 7)]


def test_titles_are_made_fit_to_quote(tmp_path: Path) -> None:
    assert quoted('The "Big\nRed" One') == "\"The 'Big Red' One\""
    assert quoted("  ") == '"-"'
    part = Part(name="a", title='5" gun # battery', since=START)
    back = through_ledger(
        Picture(name='a "b"\nc', start=START, parts=(part,)), tmp_path
    )
    assert back.parts[0].title == "5' gun # battery"


def test_an_empty_ledger_has_an_empty_picture(tmp_path: Path) -> None:
    path = write(tmp_path, "", head="# nothing\n")
    picture = picture_of(read_ledger(path), Losses())
    assert (picture.parts, picture.held) == ((), ())
    assert ledger_text(picture, source="x").startswith("# made: taken over")
    assert HEAD.startswith("cite")
