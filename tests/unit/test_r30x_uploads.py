"""An image gathered from several uploads: what is sound is kept, where its place is known."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.fingerprint.r30x_uploads import Merge, Upload
from devices.fingerprint.r30x_wire import PacketKind, PacketParser, encode

IMAGE = random.Random(4).randbytes(500)
STEP = 64
COUNT = 8


def frames(image: bytes = IMAGE, step: int = STEP) -> list[bytes]:
    """An upload's frames as they leave the module."""
    places = range(0, len(image), step)
    kinds = [PacketKind.DATA] * (len(places) - 1) + [PacketKind.END_OF_DATA]
    return [encode(kind, image[at : at + step]) for kind, at in zip(kinds, places, strict=True)]


def arrived(stream: bytes, *, before: int = 30) -> Upload:
    """What the line makes of a stream that comes after an acknowledgement."""
    parser = PacketParser()
    parser.feed(bytes(before))
    upload = Upload(parser.fed)
    upload.frames = parser.feed(stream) + parser.rescue()
    upload.ended = bool(upload.frames) and upload.frames[-1].kind is PacketKind.END_OF_DATA
    upload.end = upload.frames[-1].end if upload.ended else parser.fed
    return upload


def hit(number: int) -> bytes:
    """A stream of which one frame has a bit flipped."""
    sent = frames()
    spoiled = bytearray(sent[number])
    spoiled[20] ^= 4
    sent[number] = bytes(spoiled)
    return b"".join(sent)


def test_two_spoiled_uploads_make_one_image() -> None:
    merge = Merge({len(IMAGE), 2 * len(IMAGE)})
    assert merge.add(arrived(hit(2))) == COUNT - 1
    assert merge.whole() is None
    assert merge.add(arrived(hit(5))) == 1
    assert merge.whole() == IMAGE


def test_an_upload_that_brings_nothing_new_is_told() -> None:
    merge = Merge({len(IMAGE)})
    merge.add(arrived(hit(2)))
    assert merge.add(arrived(hit(2))) == 0


def test_the_last_frame_may_be_the_spoiled_one() -> None:
    merge = Merge({len(IMAGE)})
    merge.add(arrived(hit(COUNT - 1)))
    assert merge.add(arrived(hit(0))) == 1
    assert merge.whole() == IMAGE


@pytest.mark.parametrize("number", [0, 3, COUNT - 1])
def test_a_lost_frame_leaves_no_place_certain(number: int) -> None:
    merge = Merge({len(IMAGE)})
    sent = frames()
    assert merge.add(arrived(b"".join(sent[:number] + sent[number + 1 :]))) == 0
    assert merge.add(arrived(b"".join([*sent[:number], b"\x55", *sent[number:]]))) == 0


def test_an_empty_upload_brings_nothing() -> None:
    assert Merge({len(IMAGE)}).add(Upload(0)) == 0


def test_an_image_of_eight_bits_is_told_by_its_length() -> None:
    merge = Merge({len(IMAGE) // 2, len(IMAGE)})
    merge.add(arrived(hit(1)))
    merge.add(arrived(hit(2)))
    assert merge.whole() == IMAGE


@given(st.lists(st.lists(st.integers(0, 8 * len(b"".join(frames())) - 1), max_size=6), max_size=6))
def test_whatever_bits_flip_the_image_is_right_or_not_there(flips: list[list[int]]) -> None:
    merge = Merge({len(IMAGE)})
    for bits in flips:
        stream = bytearray(b"".join(frames()))
        for bit in {bit // 8: bit for bit in bits}.values():  # one a byte, so that few sums hold by chance
            stream[bit // 8] ^= 1 << bit % 8
        spoiled = {bit // 8 // (STEP + 11) for bit in bits}
        if len(spoiled) == len({bit // 8 for bit in bits}):
            merge.add(arrived(bytes(stream)))
    assert merge.whole() in {None, IMAGE}
