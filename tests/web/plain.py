"""A frame read the plain way, with `struct`, as another program would read it."""

import struct
from typing import Any

HEAD = struct.Struct("<4sHHIIdHHI")
ROW = struct.Struct("<IiiIhHBBBB")
NAMES = (
    "track_id",
    "lon_deg",
    "lat_deg",
    "chainage_m",
    "offset_m",
    "speed_mps",
    "azimuth_deg",
    "target",
    "existence",
    "age_s",
)
STEPS = (1, 1e-7, 1e-7, 0.1, 10, 0.01, 360 / 256, 1, 1 / 255, 1)


def unpack(frame: bytes) -> tuple[dict[str, Any], list[dict[str, float]]]:
    """Read the header and the tracks of a frame."""
    magic, version, header_bytes, seq, count, time_s, step, _, _ = HEAD.unpack_from(
        frame
    )
    assert (magic, version) == (b"LWTK", 1)
    rows = []
    for number in range(count):
        fields = ROW.unpack_from(frame, header_bytes + number * step)
        pairs = zip(NAMES, fields, STEPS, strict=True)
        rows.append({name: value * unit for name, value, unit in pairs})
    assert len(frame) == header_bytes + count * step
    return {"seq": seq, "time_s": time_s}, rows
