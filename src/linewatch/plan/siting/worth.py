"""What each site is worth, what is left without some, and what one more adds."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from linewatch.errors import BadValue

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

SURE: Final = 1 - 1e-12
"""Highest chance that a product of misses is divided by."""

SWAPS: Final = 50
"""Most rounds of exchanges in the search for the worst loss."""


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

    def worst_without(self, count: int) -> "Worst":
        """Return the `count` sites whose loss together hurts most.

        Exact for one and two. For more it is the best of a greedy search with
        exchanges, with a bound that no choice can undercut.

        Raises
        ------
        BadValue
            If there are fewer sites than that.
        """
        self._check(count)
        if count == 2:
            out = self._worst_pair()
        else:
            out = []
            for _ in range(count):
                loss = self.drop_one(out)
                loss[out] = -1.0
                out.append(int(np.argmax(loss)))
            out = self._exchanged(out) if count > 2 else out
        left = self.covered(out)
        # What a set covers is at most the sum of what each covers alone.
        most = np.sort(self.alone())[::-1][:count].sum()
        sure = left if count <= 2 else max(self.covered() - float(most), 0.0)
        return Worst(out=tuple(sorted(out)), covered=left, least=min(sure, left))

    def _worst_pair(self) -> list[int]:
        """Return the two sites whose loss hurts most, by trying all."""
        whole, best, pair = self.covered(), -1.0, [0, 1]
        for one in range(self.sites):
            rest = self.drop_one([one])
            rest[one] = -1.0
            other = int(np.argmax(rest))
            loss = whole - self.covered([one]) + float(rest[other])
            if loss > best:
                best, pair = loss, [one, other]
        return pair

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
