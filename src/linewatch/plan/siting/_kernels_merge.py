"""Compiled loops that find equal cells of a cover table and keep one of each."""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel

Whole = NDArray[np.int64]
Cells = NDArray[np.int32]
Bits = NDArray[np.uint64]


@kernel
def fingerprint(ptr: Whole, ind: Cells, bits: Bits, salt: int, total: Bits) -> None:
    """Add to each cell's sum a mix of each of its sites with the bits of its chance.

    The mix is the finisher of SplitMix64 (Steele, Lea and Flood, 2014,
    doi:10.1145/2660193.2660195). `bits` is empty where every pair is sure.
    """
    one, turn = np.uint64(1), np.uint64(0x9E3779B97F4A7C15)
    for s in range(ptr.size - 1):
        sure = np.uint64(s) * np.uint64(2) + np.uint64(salt)
        sure = (sure + one) * turn
        sure = (sure ^ (sure >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        sure = (sure ^ (sure >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        sure = sure ^ (sure >> np.uint64(31))
        for at in range(ptr[s], ptr[s + 1]):
            x = sure
            if bits.size > 0:
                x = ((x ^ bits[at]) + one) * turn
                x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
                x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
                x = x ^ (x >> np.uint64(31))
            total[ind[at]] += x


@kernel
def shrink(
    ptr: Whole, ind: Cells, rows: Whole, speaks: NDArray[np.bool_], places: int
) -> tuple[Whole, Cells, Whole]:
    """Keep the pairs of the cells that speak; with `places` tell where each was."""
    size = 0
    for at in range(ind.size):
        size += speaks[ind[at]]
    small = np.empty(size, dtype=np.int32)
    place = np.empty(size * places, dtype=np.int64)
    first = np.zeros(ptr.size, dtype=np.int64)
    n = 0
    for s in range(ptr.size - 1):
        for at in range(ptr[s], ptr[s + 1]):
            if speaks[ind[at]]:
                small[n] = rows[ind[at]]
                if places == 1:
                    place[n] = at
                n += 1
        first[s + 1] = n
    return first, small, place


@kernel
def columns(ptr: Whole, ind: Cells, sites: Whole) -> tuple[Whole, Cells, Whole]:
    """Keep the pairs of some sites; also return where each was."""
    first = np.zeros(sites.size + 1, dtype=np.int64)
    for n in range(sites.size):
        first[n + 1] = first[n] + ptr[sites[n] + 1] - ptr[sites[n]]
    small = np.empty(first[-1], dtype=np.int32)
    place = np.empty(first[-1], dtype=np.int64)
    at = 0
    for n in range(sites.size):
        for old in range(ptr[sites[n]], ptr[sites[n] + 1]):
            small[at], place[at] = ind[old], old
            at += 1
    return first, small, place


@kernel
def by_cell(ptr: Whole, ind: Cells, cells: int) -> tuple[Whole, Cells]:
    """Return the sites of each cell, in growing order."""
    first = np.zeros(cells + 1, dtype=np.int64)
    for at in range(ind.size):
        first[ind[at] + 1] += 1
    for j in range(cells):
        first[j + 1] += first[j]
    fill = first[:-1].copy()
    site = np.empty(ind.size, dtype=np.int32)
    for s in range(ptr.size - 1):
        for at in range(ptr[s], ptr[s + 1]):
            site[fill[ind[at]]] = s
            fill[ind[at]] += 1
    return first, site
