"""Tests of signatures: what a roster and a checkpoint make verification find."""

import hashlib
import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from linewatch.errors import BadFile, BadLines, BadValue, LogBroken
from linewatch.log import (
    MissionLog,
    Roster,
    RosterKey,
    Signer,
    last_checkpoint,
    read_anchor,
    read_key,
    read_roster,
    verify,
    write_checkpoint,
    write_key,
    write_roster,
)
from linewatch.log.roster import roster_of
from linewatch.log.sign import SIGNED, key_id
from tests.log.entries import START_S, New, alert, status
from tests.log.test_chain import chain_anew, forge

SOD = Signer.from_seed("Secretary of Defense", bytes(range(32)))
JTF = Signer.from_seed("JTF-SB commander", bytes(reversed(range(32))))
ROSTER = roster_of((SOD, JTF), from_s=START_S)


def decision(at: int, office: str = SOD.office) -> New:
    """Make the decision entry of second `at`."""
    body = {"proposal_id": f"deploy-{at}", "answer": "approve", "office": office}
    return START_S + at, "decision", body


def checkpoint(at: int) -> New:
    """Make the checkpoint entry of second `at`."""
    return START_S + at, "checkpoint", {"office": SOD.office, "entries": at}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "mission.log"
    with MissionLog.open(path) as log:
        log.append([status(0), decision(1), alert(2)], signers=(SOD, JTF))
        log.append([decision(3, JTF.office), status(4)], signers=(SOD, JTF))
    return path


def change(path: Path, seq: int, **fields: object) -> None:
    """Change fields of an entry and chain the log anew: only a signature can tell."""
    other = sqlite3.connect(path)
    (text,) = other.execute("SELECT body FROM entry WHERE seq=?", (seq,)).fetchone()
    other.close()
    body = {k: v for k, v in (json.loads(text) | fields).items() if v is not None}
    told = json.dumps(body, sort_keys=True, separators=(",", ":"))
    forge(path, f"UPDATE entry SET body = '{told}' WHERE seq = {seq}")  # noqa: S608
    chain_anew(path, seq)


def test_a_signed_log_holds_against_its_roster(path: Path) -> None:
    found = verify(path, roster=ROSTER)
    assert (found.signed, found.unsigned, found.held_to) == (2, 0, True)
    assert not verify(path).held_to


def test_the_signature_is_ed25519_over_the_words_of_the_model(path: Path) -> None:
    """Written the plain way from docs/model/log.md, straight from the file."""
    rows = list(sqlite3.connect(path).execute("SELECT * FROM entry ORDER BY seq"))
    _, _, _, _, before = rows[0]
    seq, time_s, kind, text, _ = rows[1]
    body = json.loads(text)
    signature = bytes.fromhex(body.pop("signature"))
    told = json.dumps([seq, time_s, kind, body], sort_keys=True, separators=(",", ":"))
    covered = b"linewatch signature 1\n" + before + told.encode()
    Ed25519PublicKey.from_public_bytes(SOD.public).verify(signature, covered)
    assert body["key"] == hashlib.sha256(SOD.public).hexdigest()[:16]


def test_a_key_is_that_of_rfc_8032() -> None:
    """RFC 8032, section 7.1, test 1: secret and public key."""
    seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert Signer.from_seed("A", bytes.fromhex(seed)).public.hex() == public


def test_signing_is_the_same_each_time(tmp_path: Path) -> None:
    heads = set()
    for name in ("a", "b"):
        with MissionLog.open(tmp_path / name) as log:
            log.append([decision(1)], signers=(SOD,))
            heads.add(str(log.head()))
    assert len(heads) == 1


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"answer": "disapprove"}, "not of this entry"),
        ({"caveat": "none"}, "not of this entry"),
        ({"signature": None}, "is not signed"),
        ({"signature": "00" * 64}, "not of this entry"),
        ({"signature": "zz"}, "not of this entry"),
        ({"key": "0" * 16}, "not on the roster"),
        ({"office": JTF.office}, "with the key of Secretary of Defense"),
        ({"key": key_id(JTF.public)}, "with the key of JTF-SB commander"),
    ],
)
def test_a_changed_decision_is_found_though_all_digests_are_made_anew(
    path: Path, fields: dict[str, object], why: str
) -> None:
    change(path, 2, **fields)
    verify(path)
    with pytest.raises(LogBroken, match=why) as caught:
        verify(path, roster=ROSTER)
    assert caught.value.seq == 2


def test_a_signed_decision_cannot_be_moved_to_another_place(path: Path) -> None:
    forge(
        path,
        "UPDATE entry SET seq = 90 WHERE seq = 2",
        "UPDATE entry SET seq = 2 WHERE seq = 3",
        "UPDATE entry SET seq = 3 WHERE seq = 90",
    )
    chain_anew(path, 1)
    verify(path)
    with pytest.raises(LogBroken, match="not of this entry"):
        verify(path, roster=ROSTER)


def test_an_edit_before_a_decision_breaks_its_signature(path: Path) -> None:
    """A signature covers the digest before it, and so all that came before."""
    change(path, 1, health="bad")
    verify(path)
    with pytest.raises(LogBroken, match="entry 2"):
        verify(path, roster=ROSTER)


def test_a_decision_taken_out_is_found_by_the_next_signature(path: Path) -> None:
    forge(
        path,
        "DELETE FROM entry WHERE seq = 2",
        *(f"UPDATE entry SET seq = {at - 1} WHERE seq = {at}" for at in (3, 4, 5)),  # noqa: S608
    )
    chain_anew(path, 1)
    verify(path)
    with pytest.raises(LogBroken, match="entry 3"):
        verify(path, roster=ROSTER)


def test_a_key_outside_its_dates_is_found(path: Path) -> None:
    first = ROSTER.keys[0]
    for bad in (
        replace(first, until_s=START_S + 1),
        replace(first, from_s=START_S + 2),
    ):
        keys = (bad, ROSTER.keys[1])
        with pytest.raises(LogBroken, match="outside its dates"):
            verify(path, roster=Roster(keys=keys))
    keys = (replace(ROSTER.keys[0], until_s=START_S + 1.5), ROSTER.keys[1])
    assert verify(path, roster=Roster(keys=keys)).signed == 2


def test_an_ended_key_cannot_sign_an_early_time_behind_a_checkpoint(
    tmp_path: Path,
) -> None:
    path = tmp_path / "m.log"
    with MissionLog.open(path) as log:
        log.append([checkpoint(100), decision(1, JTF.office)], signers=(SOD, JTF))
    keys = (ROSTER.keys[0], replace(ROSTER.keys[1], until_s=START_S + 50))
    with pytest.raises(LogBroken, match="had ended by checkpoint 1"):
        verify(path, roster=Roster(keys=keys))
    assert verify(path, roster=ROSTER).checkpoint_seq == 1


def test_an_old_log_without_signatures_is_whole_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "m.log"
    with MissionLog.open(path) as log:
        log.append([decision(1), status(2)])
    found = verify(path)
    assert (found.signed, found.unsigned) == (0, 1)
    with pytest.raises(LogBroken, match="is not signed"):
        verify(path, roster=ROSTER)


def test_only_the_offices_own_key_signs(tmp_path: Path) -> None:
    path = tmp_path / "m.log"
    with MissionLog.open(path) as log:
        log.append([decision(1), status(2)], signers=(JTF,))
        assert all("signature" not in entry.body for entry in log.read())


def test_a_kept_checkpoint_shows_a_cut_and_a_rewriting(path: Path) -> None:
    with MissionLog.open(path) as log:
        log.append([checkpoint(5)], signers=(SOD,))
        log.append([status(6), status(7)])
        kept = last_checkpoint(log)
    assert kept is not None
    file = path.with_suffix(".json")
    write_checkpoint(file, kept)
    head = read_anchor(file, roster=ROSTER)
    assert head == kept.head
    assert verify(path, anchor=head, roster=ROSTER).anchored
    forge(path, "DELETE FROM entry WHERE seq > 6")  # behind it nothing can be shown
    assert verify(path, anchor=head, roster=ROSTER).head == head
    forge(path, "DELETE FROM entry WHERE seq > 5")
    verify(path, roster=ROSTER)
    with pytest.raises(LogBroken, match="is cut off: the anchor names entry 6"):
        verify(path, anchor=head)


def test_a_checkpoint_that_was_edited_is_no_anchor(path: Path) -> None:
    with MissionLog.open(path) as log:
        log.append([checkpoint(5)], signers=(SOD,))
        kept = last_checkpoint(log)
    assert kept is not None
    file = path.with_suffix(".json")
    write_checkpoint(file, kept)
    whole = file.read_text()
    file.write_text(whole.replace('"seq": 6', '"seq": 5'))
    with pytest.raises(BadFile, match="do not belong together"):
        read_anchor(file)
    forged = replace(kept, seq=5)
    write_checkpoint(file, forged)
    read_anchor(file)
    with pytest.raises(BadFile, match="the checkpoint holds a signature"):
        read_anchor(file, roster=ROSTER)
    for text in ("{", '{"format": 1}', "{}", '{"seq": "x"}'):
        file.write_text(text)
        with pytest.raises(BadFile, match="is no checkpoint"):
            read_anchor(file)


def test_a_log_without_a_checkpoint_has_none(path: Path) -> None:
    with MissionLog.open_to_read(path) as log:
        assert last_checkpoint(log) is None


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_byte_of_a_signed_entry_that_changes_is_found(data: st.DataObject) -> None:
    """With all digests made anew, as one who has the file can."""
    with MissionLog.open(Path(":memory:")) as log:
        log.append([status(0), decision(1)], signers=(SOD,))
        rows = list(log.rows(1))
    seq, time_s, kind, text, _ = rows[1]
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("0123456789abcdef"))
    changed = text[:at] + letter + text[at + 1 :]
    try:
        json.loads(changed)
    except ValueError:
        return
    from linewatch.log.checkpoint import why_not_signed  # noqa: PLC0415

    if changed == text:
        return
    why = why_not_signed((seq, time_s, kind, changed, b""), rows[0][4], ROSTER)
    assert why is not None


def test_a_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "sod.key"
    write_key(path, SOD)
    assert path.stat().st_mode & 0o777 == 0o600
    back = read_key(path)
    assert (back.office, back.public) == (SOD.office, SOD.public)
    assert "PRIVATE" not in repr(back)
    with pytest.raises(BadFile, match="never written over"):
        write_key(path, JTF)
    path.chmod(0o644)
    with pytest.raises(BadFile, match="others may read it"):
        read_key(path)


def test_a_passphrase_locks_a_key(tmp_path: Path) -> None:
    path = tmp_path / "sod.key"
    write_key(path, SOD, passphrase=b"open sesame")
    assert read_key(path, passphrase=b"open sesame").public == SOD.public
    with pytest.raises(BadFile, match="needs a passphrase"):
        read_key(path)
    with pytest.raises(BadFile, match="another passphrase"):
        read_key(path, passphrase=b"wrong")


@pytest.mark.parametrize(
    "text", [b"", b"Office: A\n", b"Office: \nx", b"\xff\n-", b"k"]
)
def test_what_is_no_key_is_told(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "k"
    path.write_bytes(text)
    path.chmod(0o600)
    with pytest.raises(BadFile):
        read_key(path)
    with pytest.raises(BadFile, match="cannot be read"):
        read_key(tmp_path / "none")
    with pytest.raises(BadFile, match="cannot be written"):
        write_key(tmp_path / "none" / "k", SOD)


def test_a_seed_and_an_office_are_whole() -> None:
    for office, seed in (("A", b"short"), (" ", bytes(32))):
        with pytest.raises(BadValue):
            Signer.from_seed(office, seed)


def test_a_roster_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    ended = replace(ROSTER.keys[0], until_s=START_S + 86_400)
    roster = Roster(keys=(ended, ROSTER.keys[1]))
    write_roster(path, roster)
    assert read_roster(path) == roster
    with pytest.raises(BadFile, match="cannot be written"):
        write_roster(tmp_path / "none" / "r.csv", roster)


def test_a_bad_roster_tells_every_row(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    good = RosterKey(office="A", public=SOD.public, from_s=0.0).public.hex()
    rows = [
        f"A,{good},2025-01-01,",
        f"B,{good},2025-01-01,",
        "C,00ff,2025-01-01,",
        f",{'01' * 32},2025-01-01,",
        f"D,{'02' * 32},2025-01-01,2024-01-01",
        f"E,{'03' * 32},soon,",
    ]
    path.write_text("office,public_key,from,until\n" + "\n".join(rows) + "\n")
    with pytest.raises(BadLines) as caught:
        read_roster(path)
    assert [line for line, _ in caught.value.faults] == [3, 4, 5, 6, 7]
    path.write_text("office,public_key,from,until\n")
    with pytest.raises(BadFile, match="no rows"):
        read_roster(path)


def test_every_kind_that_may_be_signed_has_the_fields() -> None:
    from linewatch.log.schema import FIELDS  # noqa: PLC0415

    for kind in SIGNED:
        assert {"office", "key", "signature"} <= set(FIELDS[kind])


def move(at: int, step: str, office: str) -> New:
    """Make the entry of a step of a request."""
    body = {"request_id": "rfa-1", "move": step, "office": office}
    return START_S + at, "move", body


def test_who_has_a_key_signs_and_who_decides_signs_always(tmp_path: Path) -> None:
    """An office without a key on the roster may validate, and may not decide."""
    for number, (step, office, why) in enumerate(
        (
            ("validate", "CBP headquarters", None),
            ("decide", "President", "is not signed"),
            ("validate", SOD.office, "is not signed"),
        )
    ):
        path = tmp_path / f"{number}.log"
        with MissionLog.open(path) as log:
            log.append([move(1, step, office)])
        if why is None:
            assert verify(path, roster=ROSTER).unsigned == 1
            continue
        with pytest.raises(LogBroken, match=why):
            verify(path, roster=ROSTER)


@pytest.mark.parametrize("body", ["[]", "5", '"x"', "{", "null"])
def test_an_entry_without_fields_is_named(path: Path, body: str) -> None:
    forge(path, f"UPDATE entry SET body = '{body}' WHERE seq = 2")  # noqa: S608
    chain_anew(path, 2)
    with pytest.raises(LogBroken, match="entry 2 holds no fields"):
        verify(path)
    with MissionLog.open_to_read(path) as log:
        entries = log.read()
        assert next(entries).seq == 1
        with pytest.raises(LogBroken, match="entry 2 holds no fields"):
            next(entries)


@pytest.mark.parametrize(
    ("name", "value"),
    [("entry", "5"), ("entry", "[]"), ("seq", float("inf")), ("before", "zz")],
)
def test_a_checkpoint_of_something_else_is_refused(
    path: Path, tmp_path: Path, name: str, value: object
) -> None:
    with MissionLog.open(path) as log:
        log.append([checkpoint(9)], signers=(SOD,))
        kept = last_checkpoint(log)
    assert kept is not None
    file = tmp_path / "kept.json"
    write_checkpoint(file, kept)
    assert read_anchor(file, roster=ROSTER) == kept.head
    told = json.loads(file.read_text()) | {name: value}
    if name == "entry":
        made = replace(kept, body_json=str(value))
        told["head"] = str(made.head)
    file.write_text(json.dumps(told))
    with pytest.raises(BadFile, match="is no checkpoint"):
        read_anchor(file, roster=ROSTER)
