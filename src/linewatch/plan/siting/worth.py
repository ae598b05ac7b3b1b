"""What each site is worth, what is left without some, and what one more adds."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from linewatch.errors import BadValue
from linewatch.plan.siting import _kernels_worst as loops

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

SURE: Final = 1 - 1e-12
"""Highest chance that a product of misses is divided by."""

SWAPS: Final = 50
"""Most rounds of exchanges in the search for the worst loss."""

STEPS: Final = 400_000_000
"""Pairs that the proof of the worst loss may look at: some seconds."""

CLOSE: Final = 1e-12
"""Share of a loss that its parts may miss it by, for they are rounded."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SiteChances:
    """Chance that each site by itself confirms in each cell: a class and a crossing.

    Parameters
    ----------
    sites : int
        How many sites there are.
    site, cell : ndarray of int64, shape (pairs,)
        The pairs of a site and a cell with a chance, each once.
    chance : ndarray of float64, shape (pairs,)
        Chances [-].
    weight : ndarray of float64, shape (cells,)
        Weight of each cell; what is covered is told in its unit.
    """

    sites: int
    site: Longs
    cell: Longs
    chance: Floats
    weight: Floats
    _starts: Longs = field(init=False, repr=False)
    _held: Longs = field(init=False, repr=False)

    def __post_init__(self) -> None:
        order = np.lexsort((self.site, self.cell))
        for name in ("site", "cell"):
            row = np.ascontiguousarray(getattr(self, name), np.int64)[order]
            object.__setattr__(self, name, row)
        chance = np.asarray(self.chance, np.float64)[order]
        if not ((chance >= 0) & (chance <= 1)).all():
            raise BadValue("chance", "from 0 to 1", "otherwise")
        object.__setattr__(self, "chance", np.minimum(chance, SURE))
        held, starts = np.unique(self.cell, return_index=True)
        object.__setattr__(self, "_held", held)
        object.__setattr__(self, "_starts", starts.astype(np.int64))

    @classmethod
    def none(cls) -> "SiteChances":
        """Return the table of no site."""
        empty = np.empty(0, np.int64)
        return cls(
            sites=0, site=empty, cell=empty, chance=np.empty(0), weight=np.empty(0)
        )

    def _missed(self, share: float = 1.0, out: Collection[int] = ()) -> Floats:
        """Return the product of misses of each cell that any site sees.

        With `share`, each site is there with that chance by itself.
        """
        factor = 1 - share * self.chance
        if out:
            factor = np.where(np.isin(self.site, list(out)), 1.0, factor)
        if not len(factor):
            return np.empty(0)
        return np.asarray(np.multiply.reduceat(factor, self._starts))

    def missed(self) -> Floats:
        """Return the chance [-] that no site confirms, by cell."""
        whole = np.ones(len(self.weight))
        whole[self._held] = self._missed()
        return whole

    def covered(self, out: Collection[int] = ()) -> float:
        """Return the weight that is expected to be confirmed, without some sites."""
        return float((self.weight[self._held] * (1 - self._missed(out=out))).sum())

    def alone(self) -> Floats:
        """Return what each site covers with no other beside it, shape (sites,)."""
        return self._by_site(self.weight[self.cell] * self.chance)

    def drop_one(self, out: Collection[int] = ()) -> Floats:
        """Return what is lost with each one site, shape (sites,)."""
        return self._marginal(1.0, out)

    def shapley(self) -> Floats:
        """Return the Shapley value of each site, shape (sites,).

        It is what a site adds, on average over all orders in which the sites could have
        been set up; the values add up to what all cover. Exact: the mean over orders is
        an integral of a polynomial over the share of sites that came before [1]_, and
        Gauss-Legendre nodes enough for its degree integrate it without error.

        References
        ----------
        .. [1] G. Owen, "Multilinear extensions of games", Management Science 18 (1972)
           P64-P79, doi:10.1287/mnsc.18.5.64.
        """
        if not len(self.site):
            return np.zeros(self.sites)
        most = int(np.diff(np.append(self._starts, len(self.cell))).max())
        nodes, weights = np.polynomial.legendre.leggauss((most + 1) // 2 + 1)
        parts = [
            w / 2 * self._marginal((x + 1) / 2)
            for x, w in zip(nodes.tolist(), weights.tolist(), strict=True)
        ]
        return np.asarray(np.sum(parts, axis=0))

    def _marginal(self, share: float, out: Collection[int] = ()) -> Floats:
        """Return what each site adds to others that are each there with a chance."""
        if not len(self.site):
            return np.zeros(self.sites)
        size = np.diff(np.append(self._starts, len(self.cell)))
        missed = np.repeat(self._missed(share, out), size)
        away = np.isin(self.site, list(out)) if out else np.zeros(len(self.site), bool)
        others = missed / np.where(away, 1.0, 1 - share * self.chance)
        return self._by_site(self.weight[self.cell] * self.chance * others)

    def _by_site(self, pairs: Floats) -> Floats:
        """Add pairs up by site."""
        return np.asarray(np.bincount(self.site, pairs, self.sites), np.float64)

    def mean_without(self, count: int) -> float:
        """Return what is covered on average when any `count` sites are out.

        Every choice of that many is as likely; exact, by the number of a cell's sites
        that stay (hypergeometric).

        Raises
        ------
        BadValue
            If there are fewer sites than that.
        """
        self._check(count)
        size = np.diff(np.append(self._starts, len(self.cell)))
        stays, total = self.sites - count, 0.0
        for seen_by in np.unique(size).tolist():
            mine = np.flatnonzero(size == seen_by)
            misses = 1 - self.chance[self._starts[mine, None] + np.arange(seen_by)]
            # Sum over choices of m sites of the product of their misses.
            sums = np.zeros((len(mine), seen_by + 1))
            sums[:, 0] = 1.0
            for column in range(seen_by):
                sums[:, 1:] += sums[:, :-1] * misses[:, column, None]
            kept = np.arange(seen_by + 1)
            chance = np.exp(
                _log_choices(self.sites - seen_by, stays - kept)
                - _log_choices(self.sites, np.array([stays]))
            )
            cells = self.weight[self._held[mine]]
            total += float((cells * (1 - sums @ chance)).sum())
        return total

    def worst_without(self, count: int, *, steps: int = STEPS) -> "Worst":
        """Return the `count` sites whose loss together hurts most.

        Greedy search with exchanges, then branch and bound: a loss of several sites in
        a cell is charged to them evenly, so a loss is at most the sum of the most that
        can be charged to each of its sites.

        Parameters
        ----------
        count : int
            Sites that are lost.
        steps : int
            Longest that the search may take, in pairs looked at. Where it does not end,
            `Worst.least` is below `Worst.covered`, and holds all the same.

        Raises
        ------
        BadValue
            If there are fewer sites than that.
        """
        self._check(count)
        out: list[int] = []
        for _ in range(count):
            loss = self.drop_one(out)
            loss[out] = -1.0
            out.append(int(np.argmax(loss)))
        out = self._exchanged(out) if count > 1 else out
        left = self.covered(out)
        if not 1 < count < self.sites or not len(self.site):
            return Worst(out=tuple(sorted(out)), covered=left, least=left)
        better, most = self._worst(count, self.covered() - left, steps)
        if better:
            out, left = better, self.covered(better)
        least = left if most is None else max(self.covered() - most, 0.0)
        return Worst(out=tuple(sorted(out)), covered=left, least=min(least, left))

    def _worst(
        self, count: int, known: float, steps: int
    ) -> tuple[list[int], float | None]:
        """Return sites whose loss is above a known one, and what none can exceed.

        No sites where none is above; None where the search was ended, so that the best
        is proven.
        """
        parts = self._laid()
        out = np.zeros(self.sites, bool)
        charge = np.zeros((count, self.sites))
        for c in range(len(self._held)):
            loops.charged(*parts[:4], out, c, 1.0, charge)
        order = np.argsort(-charge[-1], kind="stable")
        sums = np.convolve(charge[-1][order], np.ones(count), "valid")
        chosen, found = np.full(count, -1, np.int64), known
        for first, bound in enumerate(sums.tolist()):
            if bound <= found * (1 + CLOSE):
                break
            found, steps = loops.worst_after(
                *parts, charge, order.astype(np.int64), first, count, found, chosen,
                steps,
            )  # fmt: skip
            if steps < 0:
                # Every loss not looked at starts here or later.
                return chosen[chosen >= 0].tolist(), max(bound, found) * (1 + CLOSE)
        return chosen[chosen >= 0].tolist(), None

    def _laid(self) -> tuple[Longs, Longs, Floats, Floats, Longs, Longs]:
        """Return the pairs by cell, the surest first, and by site, for the search."""
        row = np.searchsorted(self._held, self.cell)
        order = np.lexsort((-self.chance, row))
        ends = np.append(self._starts, len(self.cell)).astype(np.int64)
        by_site = np.argsort(self.site, kind="stable")
        sptr = np.zeros(self.sites + 1, np.int64)
        np.cumsum(np.bincount(self.site, minlength=self.sites), out=sptr[1:])
        return (
            ends,
            self.site[order],
            1 - self.chance[order],
            np.asarray(self.weight[self._held], np.float64),
            sptr,
            row[by_site].astype(np.int64),
        )

    def _exchanged(self, out: list[int]) -> list[int]:
        """Exchange one of the lost sites for another while that hurts more."""
        for _ in range(SWAPS):
            before = list(out)
            for place in range(len(out)):
                others = out[:place] + out[place + 1 :]
                loss = self.drop_one(others)
                loss[others] = -1.0
                better = int(np.argmax(loss))
                if loss[better] > loss[out[place]] + 1e-12:
                    out = [*others, better]
            if sorted(out) == sorted(before):
                break
        return out

    def _check(self, count: int) -> None:
        """Refuse more sites out than there are."""
        if not 0 <= count <= self.sites:
            raise BadValue("sites out", f"0 to {self.sites}", count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """The loss of some sites that hurts most.

    Parameters
    ----------
    out : tuple of int
        Places of the lost sites.
    covered : float
        What is covered without them.
    least : float
        What any loss of as many sites leaves at least; `covered` itself where proven.
    """

    out: tuple[int, ...]
    covered: float
    least: float

    @property
    def proven(self) -> bool:
        """True where no loss of as many sites leaves less."""
        return self.least >= self.covered


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """The best place for one sensor more of a kind.

    Parameters
    ----------
    kind : str
        Its kind.
    chainage_m, offset_m : float
        Its place [m].
    adds : float
        Share of crossings that it would add [-].
    """

    kind: str
    chainage_m: float
    offset_m: float
    adds: float


def one_more(
    missed: Floats, pairs: tuple[Longs, Longs, Floats], weight: Floats, candidates: int
) -> Floats:
    """Return what each candidate would add to a plan, shape (candidates,).

    Parameters
    ----------
    missed : ndarray, shape (cells,)
        Chance that the plan misses, by cell [-].
    pairs : tuple of ndarray
        Candidate, cell and chance of each pair.
    weight : ndarray, shape (cells,)
        Weight of each cell.
    candidates : int
        How many there are.
    """
    candidate, cell, chance = pairs
    adds = weight[cell] * missed[cell] * chance
    return np.asarray(np.bincount(candidate, adds, candidates), np.float64)


def _log_choices(count: int, of: Sequence[int] | Longs) -> Floats:
    """Return the logarithm of the ways to choose, minus infinity where none."""
    some = np.asarray(of, np.float64)
    can = (some >= 0) & (some <= count)
    safe = np.where(can, some, 0.0)
    ways = gammaln(count + 1.0) - gammaln(safe + 1) - gammaln(count - safe + 1)
    return np.where(can, ways, -math.inf)
