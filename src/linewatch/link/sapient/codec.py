"""Frames on the wire: four bytes of length, least first, then one message."""

from typing import Final

HEADER: Final = 4
"""Bytes of the length before each message."""

LARGEST_FRAME: Final = 1 << 20
"""Longest message taken [bytes]. Detections have some 200 and registrations some
2,000; a longer one is a peer that speaks another protocol, or none."""


def frame(packet: bytes) -> bytes:
    r"""Put the length before a serialized message.

    Examples
    --------
    >>> frame(b"abc")
    b'\x03\x00\x00\x00abc'
    """
    return len(packet).to_bytes(HEADER, "little") + packet


class Frames:
    r"""Cuts a stream of bytes, in chunks of any size, into packets.

    Examples
    --------
    >>> frames = Frames()
    >>> frames.feed(b"\x03\x00\x00"), frames.feed(b"\x00abc\x00")
    ([], [b'abc'])
    """

    def __init__(self, largest: int = LARGEST_FRAME) -> None:
        self.fault: str | None = None
        """Why the stream cannot be followed any more, or None while it can."""
        self._largest = largest
        # Chunks of a frame that has not wholly come are kept apart: joining them at
        # each chunk would let a slow sender of a long frame cost quadratic time.
        self._chunks: list[bytes] = []
        self._held = 0
        self._wanted = HEADER

    @property
    def waiting(self) -> int:
        """Bytes of a frame that has not wholly come."""
        return self._held

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take a chunk and return the packets that are whole with it.

        A frame over the limit sets `fault`; what comes after it is left unread.
        """
        if self.fault is not None:
            return []
        self._chunks.append(chunk)
        self._held += len(chunk)
        if self._held < self._wanted:
            return []
        stream = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        packets: list[bytes] = []
        at, end = 0, len(stream)
        self._wanted = HEADER
        while end - at >= HEADER:
            length = int.from_bytes(stream[at : at + HEADER], "little")
            if length > self._largest:
                self.fault = f"a frame of {length} bytes is over {self._largest}"
                break
            start = at + HEADER
            if end - start < length:
                self._wanted = HEADER + length
                break
            at = start + length
            packets.append(stream[start:at])
        self._chunks = [stream[at:]]
        self._held = end - at
        return packets
