"""Keeping: the whole state of a watch, put into its log now and then.

A watch that is started again takes the newest state that its log keeps and replays only
what follows. A replay of the whole log makes every state anew and holds it against the
one kept, so a state is no more to be trusted than the entries before it, and no less.
"""

from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any, Final

import linewatch
from linewatch.errors import BadValue, LogBroken
from linewatch.log import Entry, MissionLog
from linewatch.log.entry import canonical
from linewatch.mission.entries import NewEntry
from linewatch.sight.figures import record_of
from linewatch.watch.kept import packed, same, unpacked
from linewatch.watch.live import Watch
from linewatch.watch.post import Post

FORM: Final = 1
"""Form of the kept state: another form is not read."""

KEPT: Final = "watch"
"""Whose state the log keeps."""

KEEP_EVERY_S: Final = 900.0
"""Watch time between two states that the log keeps [s]. A quarter of an hour of the
whole border plays again in three seconds; its state takes half a megabyte, an eighth of
what its entries take."""


@dataclass(slots=True)
class Keeper:
    """Puts the state of a watch into its log, and takes it back.

    Parameters
    ----------
    watch : Watch
        The watch.
    log : MissionLog
        Its log.
    """

    watch: Watch
    log: MissionLog
    _due_s: float = field(init=False)
    _grounds: str = ""

    def __post_init__(self) -> None:
        self.wait()

    def wait(self) -> None:
        """Let `KEEP_EVERY_S` pass from now to the next state."""
        self._due_s = self.watch.time_s + KEEP_EVERY_S

    def due(self) -> list[NewEntry]:
        """Return the state as an entry, right after an advance; none if it is early."""
        if self.watch.time_s < self._due_s:
            return []
        self.wait()
        state = packed(self._state())
        told = {"of": KEPT, "until_s": self.watch.time_s, "state": state}
        return [(self.watch.time_s, "snapshot", told)]

    def take(self) -> int:
        """Bring a watch at its start to the newest state that can be used.

        One of other posts, ground, settings or version cannot: nothing is taken then.

        Returns
        -------
        int
            Number of the entry that keeps the state; 0 without one.

        Raises
        ------
        LogBroken
            If the state is not the one that was logged, or is not whole.
        """
        found = self.log.last_snapshot(KEPT)
        if found is None:
            return 0
        entry, blob = found
        state = self._state_in(entry, blob)
        if state is None:
            return 0
        try:
            self.watch.load(state["watch"])
        except (KeyError, TypeError, ValueError, AttributeError, BadValue) as error:
            why = "keeps a state that is not whole"
            raise LogBroken(self.log.path, entry.seq, why) from error
        self.wait()
        return entry.seq

    def check(self, entry: Entry) -> None:
        """Hold a state that the log keeps against the watch's own at that instant.

        Raises
        ------
        LogBroken
            If it is not the one that was logged, or is another on the same grounds.
        """
        if entry.body.get("of") != KEPT:
            return
        blob = self.log.snapshot(entry.seq)
        if self._state_in(entry, blob) and not same(blob, self._state()):
            why = "keeps a state that its input does not lead to"
            raise LogBroken(self.log.path, entry.seq, why)
        self.wait()

    def _state_in(self, entry: Entry, blob: bytes) -> dict[str, Any] | None:
        """Return a state that the log keeps; None of other grounds or another form."""
        if sha256(blob).hexdigest() != entry.body.get("sha256"):
            why = "has another snapshot than the one logged"
            raise LogBroken(self.log.path, entry.seq, why)
        try:
            state = unpacked(blob)
        except BadValue:
            return None
        return state if state.get("grounds") == self.grounds() else None

    def grounds(self) -> str:
        """Return a digest of all that the state stands on but what was heard.

        That is the program's version, the settings, the line, and where the posts stand
        and what they see.
        """
        if self._grounds:
            return self._grounds
        watch, engine = self.watch, self.watch.engine
        line, posts = engine.area.line, watch.posts
        plain = (
            *(FORM, linewatch.__version__, watch.start_s, watch.alert_settings),
            *(watch.handover_settings, engine.settings, engine.light),
            *(engine.correct_bias, watch.authority_at(0.0)),
            [(sector.name, sector.from_m) for sector in engine.area.sectors],
            [_place(post) for post in posts],
        )
        made = sha256(repr(plain).encode())
        made.update(line.lon_deg.tobytes() + line.lat_deg.tobytes())
        for post in posts:
            made.update(post.sight.lowest_m.tobytes())
        self._grounds = made.hexdigest()
        return self._grounds

    def _state(self) -> dict[str, object]:
        """Return the state of the watch with what it stands on."""
        return {"grounds": self.grounds(), "watch": self.watch.save()}


def _place(post: Post) -> str:
    """Write where a post stands and how it looks, in one way whatever it came from."""
    told = record_of(post.sight.kind)
    figures = {name: told[name] for name in told.keys() - SAID}
    site = {**asdict(post.site), "why": ""}
    return canonical([site, asdict(post.sight.eye), post.sight.phase_s, figures])


SAID: Final = frozenset({"label", "source", "waves_source"})
"""What a kind's record says to people alone."""
