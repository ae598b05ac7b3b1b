"""Tests of framing: any chunks of a stream give the same packets."""

import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.link.sapient.codec import LARGEST_FRAME, Frames, frame

packets = st.lists(st.binary(max_size=40), max_size=12)


@st.composite
def chunked(draw: st.DrawFn) -> tuple[list[bytes], list[bytes]]:
    """Draw packets, and their stream cut anywhere."""
    sent = draw(packets)
    stream = b"".join(map(frame, sent))
    cuts = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=20)))
    edges = [0, *cuts, len(stream)]
    return sent, [stream[a:b] for a, b in pairwise(edges)]


@given(chunked())
def test_any_cutting_gives_the_same_packets(
    drawn: tuple[list[bytes], list[bytes]],
) -> None:
    sent, chunks = drawn
    frames = Frames()
    got = [packet for chunk in chunks for packet in frames.feed(chunk)]
    assert got == sent
    assert frames.waiting == 0
    assert frames.fault is None


@given(packets)
def test_one_byte_at_a_time_gives_the_same_packets(sent: list[bytes]) -> None:
    frames = Frames()
    stream = b"".join(map(frame, sent))
    got = [packet for at in stream for packet in frames.feed(bytes([at]))]
    assert got == sent


@given(st.binary(max_size=300))
def test_the_length_is_four_bytes_least_first(packet: bytes) -> None:
    assert frame(packet) == struct.pack("<I", len(packet)) + packet


@given(st.lists(st.binary(max_size=64), max_size=20))
def test_no_bytes_break_it(chunks: list[bytes]) -> None:
    frames = Frames(largest=32)
    for chunk in chunks:
        assert all(len(packet) <= 32 for packet in frames.feed(chunk))


def test_packets_before_a_frame_over_the_limit_are_kept() -> None:
    frames = Frames(largest=10)
    assert frames.feed(frame(b"good") + frame(b"x" * 11) + frame(b"lost")) == [b"good"]
    assert frames.fault == "a frame of 11 bytes is over 10"
    assert frames.feed(frame(b"more")) == []


@pytest.mark.parametrize("size", [0, 1, 10])
def test_a_frame_up_to_the_limit_is_taken(size: int) -> None:
    assert Frames(largest=10).feed(frame(b"x" * size)) == [b"x" * size]


def test_what_is_not_sapient_is_over_the_limit_at_once() -> None:
    for greeting in (
        b"GET / HTTP/1.1\r\n",
        b"<?xml version='1.0'?>",
        b"\x16\x03\x01\x02",
    ):
        frames = Frames()
        frames.feed(greeting)
        assert (frames.fault is None) == (
            int.from_bytes(greeting[:4], "little") <= LARGEST_FRAME
        )
