"""Every error that Linewatch raises on purpose.

* LinewatchError
  x InputError        what the caller gave cannot be used
    + BadValue        a value breaks its rule
    + BadFile         a file cannot be read as what it should be
    + BadLines        some lines of a file break its rules; all of them are told
    + BadParts        some parts of a file without lines do; each by its path
    + UnknownName     a name is not among those that exist
    + OutsideArea     a place lies off the ground or the line it was used with
  x NoPlan            no plan meets the rules; carries the rules that clash
  x Prohibited        a rule forbids the task; carries the rule
  x GateClosed        the law holds support back until an office records a finding
  x MayNotDecide      an office may not decide what it was asked to decide
  x Undecided         a proposal is no order until someone decides
  x LogError          the mission log cannot do what was asked
    + LogBroken       an entry was edited, cut or moved
    + LogUnwritable   the disk or the file does not take the entry
  x LinkError         the other end of a connection broke the protocol
  x PortTaken         another program listens there already

Each error keeps the facts as attributes and makes its one-line sentence from them, so a
caller acts on ``error.path`` and never parses text. Its arguments are its facts, which
keeps it whole when it is pickled between processes.
"""

from collections.abc import Sequence
from pathlib import Path

FAULTS_SHOWN = 20
"""Faults of one file that its sentence tells; the rest are counted."""


class LinewatchError(Exception):
    """Base of every error that Linewatch raises on purpose."""


class InputError(LinewatchError):
    """What the caller gave cannot be used; the same call again cannot help."""


class BadValue(InputError, ValueError):
    """A value breaks its rule: `name` must be `rule`, and is `got`."""

    def __init__(self, name: str, rule: str, got: object) -> None:
        super().__init__(name, rule, got)
        self.name = name
        self.rule = rule
        self.got = got

    def __str__(self) -> str:
        return f"{self.name} must be {self.rule}, not {self.got}"


class BadFile(InputError):
    """The file at `path` cannot be used, and `why` says what it should hold."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(path, why)
        self.path = path
        self.why = why

    def __str__(self) -> str:
        return f"{self.path}: {self.why}"


class BadLines(InputError):
    """Lines of the file at `path` break its rules: each fault is (line, sentence).

    `more` counts faults beyond those.
    """

    def __init__(
        self, path: Path, faults: Sequence[tuple[int, str]], more: int = 0
    ) -> None:
        super().__init__(path, tuple(faults), more)
        self.path = path
        self.faults = tuple(faults)
        self.more = more

    def __str__(self) -> str:
        told = "; ".join(
            f"line {at}: {what}" for at, what in self.faults[:FAULTS_SHOWN]
        )
        rest = max(len(self.faults) - FAULTS_SHOWN, 0) + self.more
        return f"{self.path}: {told}" + (f"; and {rest} more" if rest > 0 else "")


class BadParts(InputError):
    """Parts of the file at `path` break its rules: each fault is (where, sentence)."""

    def __init__(self, path: Path, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__(path, tuple(faults))
        self.path = path
        self.faults = tuple(faults)

    def __str__(self) -> str:
        told = "; ".join(f"{at}: {what}" for at, what in self.faults[:FAULTS_SHOWN])
        rest = len(self.faults) - FAULTS_SHOWN
        return f"{self.path}: {told}" + (f"; and {rest} more" if rest > 0 else "")


class UnknownName(InputError):
    """There is no `kind` called `got`; those in `allowed` exist."""

    def __init__(self, kind: str, got: str, allowed: Sequence[str]) -> None:
        super().__init__(kind, got, tuple(allowed))
        self.kind = kind
        self.got = got
        self.allowed = tuple(allowed)

    def __str__(self) -> str:
        return (
            f"unknown {self.kind} {self.got!r}: choose from {', '.join(self.allowed)}"
        )


class OutsideArea(InputError):
    """The `place` lies outside `bounds`, both in words."""

    def __init__(self, place: str, bounds: str) -> None:
        super().__init__(place, bounds)
        self.place = place
        self.bounds = bounds

    def __str__(self) -> str:
        return f"{self.place} is outside {self.bounds}"


class NoPlan(LinewatchError):
    """No plan meets the rules; `clash` names the fewest found that cannot all hold."""

    def __init__(self, clash: Sequence[str]) -> None:
        super().__init__(tuple(clash))
        self.clash = tuple(clash)

    def __str__(self) -> str:
        return f"these rules cannot all hold: {'; '.join(self.clash)}"


class Prohibited(LinewatchError):
    """The `rule` of a `layer` (law, policy, order, default) forbids the `task`.

    `why` is the text that the rule rests on.
    """

    def __init__(
        self, task: str, status: str, rule: str, layer: str, why: str = ""
    ) -> None:
        super().__init__(task, status, rule, layer, why)
        self.why = why
        self.task = task
        self.status = status
        self.rule = rule
        self.layer = layer

    def __str__(self) -> str:
        return (
            f"{self.task} by {self.status} is prohibited by {self.layer}: {self.rule}"
            + (f" ({self.why})" if self.why else "")
        )


class GateClosed(LinewatchError):
    """The `law` holds support back; `held` says of which units and why."""

    def __init__(self, law: str, held: Sequence[str]) -> None:
        super().__init__(law, tuple(held))
        self.law = law
        self.held = tuple(held)

    def __str__(self) -> str:
        return f"{self.law} holds it until a finding is on record: " + "; ".join(
            self.held
        )


class MayNotDecide(LinewatchError):
    """The `office` may not decide on a `kind` of proposal; those in `allowed` may."""

    def __init__(self, office: str, kind: str, allowed: Sequence[str]) -> None:
        super().__init__(office, kind, tuple(allowed))
        self.office = office
        self.kind = kind
        self.allowed = tuple(allowed)

    def __str__(self) -> str:
        who = ", ".join(self.allowed) or "no office"
        return f"{self.office} may not decide on a proposal to {self.kind}: {who} may"


class Undecided(LinewatchError):
    """Nobody entitled has approved the `proposal`, so it is no order."""

    def __init__(self, proposal: str) -> None:
        super().__init__(proposal)
        self.proposal = proposal

    def __str__(self) -> str:
        return f"{self.proposal} is no order: record who decided with linewatch decide"


class LogError(LinewatchError):
    """The mission log cannot do what was asked."""


class LogBroken(LogError):
    """Entry `seq` of the log at `path` does not follow from those before it: `why`."""

    def __init__(self, path: Path, seq: int, why: str) -> None:
        super().__init__(path, seq, why)
        self.path = path
        self.seq = seq
        self.why = why

    def __str__(self) -> str:
        return f"{self.path}: entry {self.seq} {self.why}"


class LogUnwritable(LogError):
    """The log at `path` does not take the entry: `why`. Nothing was acknowledged."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(path, why)
        self.path = path
        self.why = why

    def __str__(self) -> str:
        return f"{self.path}: the log takes no entry: {self.why}"


class LinkError(LinewatchError):
    """The `peer` broke the protocol: `why`."""

    def __init__(self, peer: str, why: str) -> None:
        super().__init__(peer, why)
        self.peer = peer
        self.why = why

    def __str__(self) -> str:
        return f"{self.peer}: {self.why}"


class PortTaken(LinewatchError):
    """Another program listens on `host` and `port` already."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.host = host
        self.port = port

    def __str__(self) -> str:
        return f"port {self.port} on {self.host} is in use: choose another with --port"
