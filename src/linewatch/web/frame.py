"""Tracks as a binary frame: a header and one fixed record a track, little-endian.

Ten thousand tracks make 240 kB and are packed in NumPy at once; as JSON they would be
two megabytes and ten times the work of all else that the server does.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.web.picture import Tracks

MAGIC: Final = b"LWTK"
VERSION: Final = 1

HEADER: Final = np.dtype(
    [
        ("magic", "S4"),
        ("version", "<u2"),
        ("header_bytes", "<u2"),
        ("seq", "<u4"),
        ("count", "<u4"),
        ("time_s", "<f8"),
        ("record_bytes", "<u2"),
        ("flags", "<u2"),
        ("spare", "<u4"),
    ]
)
"""Header of a frame: 32 bytes. Readers skip `header_bytes` and step `record_bytes`."""

RECORD: Final = np.dtype(
    [
        ("track_id", "<u4"),
        ("lon_e7", "<i4"),
        ("lat_e7", "<i4"),
        ("chainage_dm", "<u4"),
        ("offset_dam", "<i2"),
        ("speed_cms", "<u2"),
        ("azimuth", "u1"),
        ("target", "u1"),
        ("existence", "u1"),
        ("age_s", "u1"),
    ]
)
"""Record of a track: 24 bytes.

Degrees times 1e7 (1 cm), decimetres along the line, decametres off it, centimetres a
second, 256ths of a turn from true north, a code of `TARGETS`, 255ths of existence, and
whole seconds since the track was last seen. Each stops at its type's end.
"""


def _packed(values: NDArray[np.float64], low: int, high: int) -> NDArray[np.float64]:
    """Round to whole numbers, stopping at the ends of their type; NaN becomes 0."""
    whole = np.nan_to_num(np.rint(values), nan=0.0, posinf=high, neginf=low)
    kept: NDArray[np.float64] = np.clip(whole, low, high)
    return kept


def pack(tracks: Tracks, *, seq: int, time_s: float) -> bytes:
    """Pack tracks as one binary frame.

    Parameters
    ----------
    tracks : Tracks
        Tracks to send.
    seq : int
        Number of the frame; its lower 32 bits are sent.
    time_s : float
        Mission time, seconds of UTC since 1970 [s].

    Returns
    -------
    bytes
        `HEADER`, then `RECORD` for each track, in the order given.

    Examples
    --------
    >>> len(pack(Tracks.none(), seq=1, time_s=0.0))
    32
    """
    header = np.zeros((), HEADER)
    header["magic"], header["version"] = MAGIC, VERSION
    header["header_bytes"], header["record_bytes"] = HEADER.itemsize, RECORD.itemsize
    header["seq"], header["count"] = seq % 2**32, len(tracks)
    header["time_s"] = time_s
    records = np.zeros(len(tracks), RECORD)
    records["track_id"] = tracks.track_id
    records["target"] = tracks.target
    turns = np.mod(tracks.azimuth_rad / (2 * np.pi), 1)
    for name, values in (
        ("lon_e7", tracks.lon_deg * 1e7),
        ("lat_e7", tracks.lat_deg * 1e7),
        ("chainage_dm", tracks.chainage_m * 10),
        ("offset_dam", tracks.offset_m / 10),
        ("speed_cms", tracks.speed_mps * 100),
        ("azimuth", np.mod(np.rint(turns * 256), 256)),
        ("existence", tracks.existence * 255),
        ("age_s", time_s - tracks.last_seen_s),
    ):
        ends = np.iinfo(RECORD[name].str)
        records[name] = _packed(values, ends.min, ends.max)
    return header.tobytes() + records.tobytes()
