"""What a file says and the other side cannot hold: values, never dropped."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """One kind of thing that did not pass.

    Parameters
    ----------
    what : str
        What it is, and why it did not pass.
    times : int
        How often it was met.
    first : str
        Where it was met first.
    """

    what: str
    times: int
    first: str

    def __str__(self) -> str:
        often = "" if self.times == 1 else f"{self.times:,} times, first "
        return f"{self.what} ({often}{self.first})"


@dataclass(slots=True)
class Losses:
    """Losses as they are met, one of each kind."""

    met: dict[str, tuple[int, str]] = field(default_factory=dict)

    def add(self, what: str, where: str, times: int = 1) -> None:
        """Note that something was met which does not pass; `where` is the first."""
        before, first = self.met.get(what, (0, where))
        self.met[what] = before + times, first

    def all(self) -> tuple[Loss, ...]:
        """Return the losses in the order in which they were met."""
        return tuple(
            Loss(what=what, times=times, first=first)
            for what, (times, first) in self.met.items()
        )
