import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchroom.cli.wire import (
    OUTPUT_CHUNK_BYTES,
    Banner,
    Frame,
    FrameDecoder,
    FrameKind,
    WireError,
    encode_frame,
    encode_output,
)

STREAM = encode_frame(FrameKind.COMMAND, "core show version") + encode_frame(FrameKind.END, "0")
FRAMES = [Frame(FrameKind.COMMAND, b"core show version"), Frame(FrameKind.END, b"0")]


def test_a_stream_whole_and_byte_by_byte_and_with_more_behind() -> None:
    assert FrameDecoder(100).feed(STREAM) == FRAMES
    slowly = FrameDecoder(100)
    assert [f for byte in STREAM for f in slowly.feed(bytes([byte]))] == FRAMES
    assert FrameDecoder(100).feed(STREAM + b"C\0\0") == FRAMES


@pytest.mark.parametrize("data", [b"X\0\0\0\0", b"C\xff\xff\xff\xff", b"C\0\0\0\x65"])
def test_what_is_no_frame(data: bytes) -> None:
    with pytest.raises(WireError):
        FrameDecoder(100).feed(data)


@given(st.binary())
def test_random_bytes_raise_nothing_else(data: bytes) -> None:
    decoder = FrameDecoder(64)
    try:
        decoder.feed(data)
    except WireError:
        return


def test_long_output_comes_in_chunks() -> None:
    text = "ü" * OUTPUT_CHUNK_BYTES
    frames = FrameDecoder(OUTPUT_CHUNK_BYTES).feed(b"".join(encode_output(text)))
    assert len(frames) == 2
    assert b"".join(frame.payload for frame in frames).decode() == text
    assert encode_output("") == []


def test_bytes_that_are_no_text_come_through() -> None:
    raw = b"caf\xe9"
    (frame,) = FrameDecoder(9).feed(
        encode_frame(FrameKind.OUTPUT, raw.decode("utf-8", "surrogateescape"))
    )
    assert frame.payload == raw
    assert frame.text.encode("utf-8", "surrogateescape") == raw


def test_banner() -> None:
    banner = Banner("Asterisk 22", "host", 7)
    (frame,) = FrameDecoder(1000).feed(banner.encode())
    assert Banner.decode(frame) == banner


@pytest.mark.parametrize("payload", [b"", b"[]", b"{}", b'{"version": 1, "host": 2, "pid": "x"}'])
def test_what_is_no_banner(payload: bytes) -> None:
    with pytest.raises(WireError):
        Banner.decode(Frame(FrameKind.BANNER, payload))
    with pytest.raises(WireError):
        Banner.decode(Frame(FrameKind.END, payload))
