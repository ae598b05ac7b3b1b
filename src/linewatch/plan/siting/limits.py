"""What may be chosen: counts, a budget, and rules that sites share."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.errors import BadValue
from linewatch.plan.siting.cover import Cover, Floats, Places, Whole, unit_of

PROVEN_GAP: Final = 1e-6
"""Share of the bound within which a choice counts as proven best."""

SLACK: Final = 1e-8
"""How far sums may pass a rule by rounding, in the unit of its row: the search keeps
rules to a tenth of it."""

Flags = NDArray[np.bool_]

Progress = Callable[[str, float], None]
"""Told the stage of the work and the share of it that is done, 1 once at its end."""


class Proof(StrEnum):
    """How sure a choice is."""

    BEST = "best"
    """No choice is worth more: proven."""
    GOOD = "good"
    """A better one may exist, but none above the bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long to try.

    Parameters
    ----------
    kicks : int
        Times that a few sites are given up and chosen anew.
    rounds : int
        Steps of the bound.
    seed : int
        Of the kicks.
    workers : int
        Threads of the bound on large tables.
    splits : int
        Times that a part of the choices is split where a p-median's bound alone proves
        too little.
    told : callable, optional
        Told the share of a stage that is done, from 0 on.
    """

    kicks: int = 500
    rounds: int = 2_000
    seed: int = 1
    workers: int = 1
    splits: int = 1_000
    told: Callable[[float], None] | None = field(
        default=None, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        least = min(self.kicks, self.splits)
        if least < 0 or self.rounds < 1 or self.workers < 1:
            rule = "0 or more kicks and splits, 1 or more rounds and 1 or more workers"
            raise BadValue("effort", rule, self)

    def tell(self, share: float) -> None:
        """Tell the share of a stage that is done."""
        if self.told is not None:
            self.told(share)

    def telling(self, progress: Progress | None, stage: str) -> "Effort":
        """Return the same effort, whose shares are told as those of a stage."""
        if progress is None:
            return replace(self, told=None)
        return replace(self, told=partial(progress, stage))

    def part(self, n: int, sizes: Sequence[float]) -> Callable[[float], None]:
        """Return how part `n` of a stage tells its own share, parts being so large."""
        whole = sum(sizes)
        before, size = sum(sizes[:n]) / whole, sizes[n] / whole
        return lambda share: self.tell(before + size * share)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Rows:
    """Rules that bind sites together: the sum of `val` over the chosen is bounded.

    Parameters
    ----------
    ptr : ndarray of int64, shape (sites + 1,)
        Site `s` is in the rows ``ind[ptr[s]:ptr[s + 1]]``.
    ind : ndarray of int32
        Rows.
    val : ndarray of float64
        What the site uses there, by the same places, above 0.
    have : ndarray of float64, shape (rows,)
        What may be used at most.
    why : tuple of str, shape (rows,)
        What each row stands for, in words.
    """

    ptr: Whole
    ind: Places
    val: Floats
    have: Floats
    why: tuple[str, ...]

    @classmethod
    def of(
        cls, sites: int, rules: Sequence[tuple[NDArray[np.int64], Floats, float, str]]
    ) -> "Rows":
        """Make rows from (sites, what each uses, what there is, words).

        A row of what is not whole is divided by a power of two, `unit_of` its uses.
        What a site alone uses beyond all there is counts as twice that: the rule shuts
        it out all the same, and its size no longer drowns what the others use.
        """
        none = np.empty(0, np.int64)
        site = np.concatenate([none, *(rule[0] for rule in rules)])
        row = np.repeat(np.arange(len(rules)), [len(rule[0]) for rule in rules])
        have = np.array([rule[2] for rule in rules], np.float64)
        uses = [
            np.minimum(use, 2 * most) if most > 0 else (use > 0) / 1.0
            for _, use, most, _ in rules
        ]
        val = np.concatenate([np.empty(0), *uses])
        keep = val > 0
        site, row, val = site[keep], row[keep], val[keep]
        # Rows are kept to within a small number, so each is told in a unit of its size.
        unit = np.array([unit_of(use) for use in uses])
        order = np.argsort(site, kind="stable")
        ptr = np.zeros(sites + 1, np.int64)
        np.cumsum(np.bincount(site, minlength=sites), out=ptr[1:])
        return cls(
            ptr=ptr,
            ind=row[order].astype(np.int32),
            val=np.ascontiguousarray((val / unit[row])[order], np.float64),
            have=have / unit,
            why=tuple(rule[3] for rule in rules),
        )

    @property
    def sites(self) -> int:
        """Number of sites."""
        return len(self.ptr) - 1

    def only(self, sites: Whole) -> "Rows":
        """Return the rows of some of the sites, in their order."""
        lengths = np.diff(self.ptr)[sites]
        ptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        at = np.arange(ptr[-1]) + np.repeat(self.ptr[sites] - ptr[:-1], lengths)
        return replace(self, ptr=ptr, ind=self.ind[at], val=self.val[at])

    def toll(self, price: Floats) -> Floats:
        """Return what each site pays when each row has a price."""
        site = np.repeat(np.arange(self.sites), np.diff(self.ptr))
        paid = np.bincount(site, self.val * price[self.ind], minlength=self.sites)
        return paid.astype(np.float64)

    def used(self, taken: Flags | Floats) -> Floats:
        """Return what a choice uses of each row."""
        parts = np.repeat(taken.astype(np.float64), np.diff(self.ptr)) * self.val
        sums = np.bincount(self.ind, parts, minlength=len(self.have))
        return sums.astype(np.float64)

    def joined(self, other: "Rows") -> "Rows":
        """Return these rows and others on the same sites."""
        shift = len(self.have)
        site = np.concatenate(
            [np.repeat(np.arange(r.sites), np.diff(r.ptr)) for r in (self, other)]
        )
        row = np.concatenate([self.ind, other.ind + np.int32(shift)])
        val = np.concatenate([self.val, other.val])
        order = np.argsort(site, kind="stable")
        return Rows(
            ptr=self.ptr + other.ptr,
            ind=row[order].astype(np.int32),
            val=val[order],
            have=np.concatenate([self.have, other.have]),
            why=self.why + other.why,
        )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Links:
    """Which sites can talk to which, and which of them reach the outside.

    Parameters
    ----------
    ptr : ndarray of int64, shape (sites + 1,)
        Site `s` can talk to the sites ``ind[ptr[s]:ptr[s + 1]]``; both ways.
    ind : ndarray of int32
        Sites.
    gate : ndarray of bool, shape (sites,)
        Sites that stand at a gateway, or can talk to one.
    cuts : Rows, optional
        Rules that every linked choice keeps, for bounds alone.
    """

    ptr: Whole
    ind: Places
    gate: Flags
    cuts: Rows | None = None

    @classmethod
    def of(
        cls, one: NDArray[np.integer], other: NDArray[np.integer], gate: Flags
    ) -> "Links":
        """Make links from pairs of sites in any order, either way round."""
        sites = len(gate)
        pairs = np.concatenate([one * sites + other, other * sites + one])
        site, to = np.divmod(np.unique(pairs.astype(np.int64)), sites)
        apart = site != to
        ptr = np.zeros(sites + 1, np.int64)
        np.cumsum(np.bincount(site[apart], minlength=sites), out=ptr[1:])
        return cls(ptr=ptr, ind=to[apart].astype(np.int32), gate=gate)

    def of_site(self, s: int) -> Places:
        """Return the sites that site `s` can talk to."""
        return self.ind[self.ptr[s] : self.ptr[s + 1]]

    def reached(self, taken: Flags) -> Flags:
        """Mark the chosen sites from which chosen sites lead to a gateway."""
        seen = taken & self.gate
        ahead = np.flatnonzero(seen).tolist()
        while ahead:
            for t in self.of_site(ahead.pop()).tolist():
                if taken[t] and not seen[t]:
                    seen[t] = True
                    ahead.append(t)
        return seen


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Limits:
    """What may be chosen.

    Parameters
    ----------
    count : tuple of int, optional
        Sites of each kind at most; without end when None.
    total : int, optional
        Sites of all kinds at most; without end when None.
    budget : float, default inf
        Cost of all chosen sites at most.
    held : ndarray of bool, shape (sites,), optional
        Sites that are chosen in any case, beyond count, total and budget.
    barred : ndarray of bool, shape (sites,), optional
        Sites that are never chosen.
    rows : Rows, optional
        Rules that bind sites together; held sites use them too.
    links : Links, optional
        Every chosen site must reach a gateway over chosen sites.
    kinds : tuple of str, optional
        Names of the kinds, for words of rules; their numbers when empty.

    Raises
    ------
    BadValue
        If a count or the budget is below 0.
    """

    count: tuple[int, ...] | None = None
    total: int | None = None
    budget: float = math.inf
    held: Flags | None = None
    barred: Flags | None = None
    rows: Rows | None = None
    links: Links | None = None
    kinds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.count is not None and min(self.count, default=0) < 0:
            raise BadValue("count", "0 or more", self.count)
        if self.total is not None and self.total < 0:
            raise BadValue("total", "0 or more", self.total)
        if not self.budget >= 0:
            raise BadValue("budget", "0 or more", self.budget)

    def held_of(self, sites: int) -> Flags:
        """Mark the sites that are chosen in any case."""
        return np.zeros(sites, bool) if self.held is None else self.held

    def barred_of(self, sites: int) -> Flags:
        """Mark the sites that are never chosen: barred, and not held."""
        none = np.zeros(sites, bool) if self.barred is None else self.barred
        return none & ~self.held_of(sites)

    def counts_of(self, cover: Cover) -> tuple[Whole, int]:
        """Return sites of each kind and of all kinds at most, held ones left out."""
        kinds = int(cover.kind.max(initial=0)) + 1
        members = np.bincount(cover.kind, minlength=kinds).astype(np.int64)
        if self.count is not None:
            if len(self.count) < kinds:
                raise BadValue("count", f"one for each of {kinds} kinds", self.count)
            members = np.minimum(members, np.array(self.count[:kinds], np.int64))
        total = int(members.sum())
        return members, total if self.total is None else min(total, self.total)

    def all_rows(self, cover: Cover) -> Rows:
        """Return every rule but the links as rows: for the search, and to check."""
        held = self.held_of(cover.sites)
        members, total = self.counts_of(cover)
        rules = []
        for kind, most in enumerate(members.tolist()):
            mine = np.flatnonzero((cover.kind == kind) & ~held)
            if most < len(mine):
                name = self.kinds[kind] if kind < len(self.kinds) else kind
                told = f"at most {most} of kind {name}"
                rules.append((mine, np.ones(len(mine)), float(most), told))
        free = np.flatnonzero(~held)
        if total < int(members.sum()):
            rules.append((free, np.ones(len(free)), float(total), f"at most {total}"))
        if self.budget < math.inf:
            told = f"a budget of {self.budget:g}"
            rules.append((free, cover.cost[free], self.budget, told))
        rows = Rows.of(cover.sites, rules)
        return rows if self.rows is None else rows.joined(self.rows)

    def broken(self, cover: Cover, taken: Flags) -> str | None:
        """Return the first rule that a choice breaks, in words; None where none."""
        rows = self.all_rows(cover)
        over = np.flatnonzero(rows.used(taken) > rows.have + SLACK)
        if over.size:
            return rows.why[int(over[0])]
        if (taken & self.barred_of(cover.sites)).any():
            return "no forbidden site"
        if self.links is not None and not self.links.reached(taken)[taken].all():
            return "a chain of sites to a gateway"
        return None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Choice:
    """A choice of sites.

    Parameters
    ----------
    sites : ndarray of int64
        The chosen sites, the most valuable first.
    objective : float
        What the choice is worth: weight covered, or covered often enough, or expected
        to be detected.
    bound : float
        No choice within the limits is worth more.
    cost : float
        Cost of the chosen sites.
    greedy : float
        What taking the best site again and again was worth, before exchanges.
    """

    sites: Whole
    objective: float
    bound: float
    cost: float
    greedy: float

    @property
    def gap(self) -> float:
        """Share of the bound that the choice may fall short of the best [-]."""
        return (
            max(0.0, (self.bound - self.objective) / self.bound) if self.bound else 0.0
        )

    @property
    def proof(self) -> Proof:
        """How sure the choice is."""
        return Proof.BEST if self.gap <= PROVEN_GAP else Proof.GOOD
