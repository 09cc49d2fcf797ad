"""Random and mutated bytes on an R30x line: no hang, nothing raised outside the error tree, a good frame read after.

A short pass here; ten million bytes with KTPEL_SOAK set.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from devices.errors import DeviceError
from devices.fingerprint.r30x_codes import Instruction, refused
from devices.fingerprint.r30x_line import R30xLine
from devices.fingerprint.r30x_wire import (
    FRAME_OVERHEAD,
    MAX_CONTENT,
    Ack,
    Packet,
    PacketKind,
    PacketParser,
    ProductInfo,
    SystemParameters,
    encode,
)
from devices.fingerprint.simulator_r30x_module import Module, ModuleTraits
from devices.transport import LineSettings, Transport
from tests.support.soak import SOAK

BYTES = 10_000_000 if SOAK else 400_000
BLOCK = 20_000
SECONDS_A_BLOCK = 5.0
"""A hundred times what one takes: only a time that grows with the square of something is longer."""
GOOD = Packet(PacketKind.ACK, b"\x00good")


def frame(noise: random.Random) -> bytes:
    """A sound frame of any kind and size, often one that modules send."""
    size = noise.choice((1, 1, 5, 17, 128, 128, 256, noise.randint(1, MAX_CONTENT)))
    return encode(noise.choice(list(PacketKind)), noise.randbytes(size))


def flipped(noise: random.Random) -> bytes:
    spoiled = bytearray(frame(noise))
    for _ in range(noise.randint(1, 4)):
        spoiled[noise.randrange(len(spoiled))] ^= 1 << noise.randrange(8)
    return bytes(spoiled)


def cut(noise: random.Random) -> bytes:
    whole = frame(noise)
    start = noise.choice((0, 0, noise.randrange(len(whole))))
    return whole[start : noise.randint(start, len(whole))]


def spliced(noise: random.Random) -> bytes:
    one, other = frame(noise), frame(noise)
    at = noise.randrange(len(one))
    return one[:at] + other + one[at:]


def headed(noise: random.Random) -> bytes:
    """A true start with any kind and length, and rarely what it promises."""
    return bytes.fromhex("ef01ffffffff") + noise.randbytes(3) + noise.randbytes(noise.randint(0, 300))


def starts(noise: random.Random) -> bytes:
    """Starts and nothing else: each may be a frame's."""
    return bytes.fromhex("ef01ffffffff020102") * noise.randint(1, 60)


def run(noise: random.Random) -> bytes:
    """An image's frames, some spoiled."""
    size = noise.choice((32, 64, 128, 256))
    image = bytearray().join(encode(PacketKind.DATA, noise.randbytes(size)) for _ in range(noise.randint(1, 100)))
    for _ in range(noise.randint(0, 5)):
        image[noise.randrange(len(image))] = noise.randrange(256)
    return bytes(image)


KINDS: tuple[Callable[[random.Random], bytes], ...] = (
    frame, flipped, cut, spliced, headed, starts, run, lambda noise: noise.randbytes(noise.randint(1, 400)),
)  # fmt: skip


def block(noise: random.Random, size: int = BLOCK) -> bytes:
    stream = bytearray()
    while len(stream) < size:
        stream += noise.choice(KINDS)(noise)
    return bytes(stream[:size])


def pieces(noise: random.Random, stream: bytes) -> Iterator[bytes]:
    """As a port hands it over."""
    at = 0
    while at < len(stream):
        size = noise.choice((1, 64, 4095, noise.randint(1, 300)))
        yield stream[at : at + size]
        at += size


def assert_read(stream: bytes, found: list[Packet], before: int) -> None:
    """What was found stands in the stream, in this order, byte for byte."""
    behind = before
    for packet in found:
        assert packet.at >= behind
        assert stream[packet.at - before : packet.end - before] == encode(packet.kind, packet.content)
        behind = packet.end


def use(packet: Packet) -> None:
    """Whatever a frame holds can be made something of."""
    ack = Ack.of(packet)
    assert isinstance(refused(Instruction.GENERATE_IMAGE, ack.code), DeviceError)
    for parse in (SystemParameters.parse, ProductInfo.parse):
        try:
            parse(ack.parameters)
        except ValueError as error:
            assert str(error).startswith("not a ")  # noqa: PT017 - many frames are looked at, few are tables


@pytest.mark.soak
@pytest.mark.timeout(3600 if SOAK else 120)
def test_the_parser_bears_any_stream_and_reads_a_good_frame_afterwards() -> None:
    noise = random.Random(20)
    parser = PacketParser()
    frames = 0
    for _ in range(BYTES // BLOCK):
        stream = block(noise)
        before = parser.fed
        began = time.monotonic()
        found = [packet for piece in pieces(noise, stream) for packet in parser.feed(piece)]
        assert parser.pending < MAX_CONTENT + FRAME_OVERHEAD
        found += parser.rescue()
        assert time.monotonic() - began < SECONDS_A_BLOCK
        assert_read(stream, found, before)
        assert parser.fed == before + len(stream)
        for packet in found:
            use(packet)
        assert parser.feed(encode(GOOD.kind, GOOD.content)) == [GOOD]
        frames += len(found)
    assert frames > BYTES / 5000, "the streams hold sound frames too"


class Chatter:
    """A line whose other end answers every question with nonsense and then is gone."""

    def __init__(self, noise: random.Random) -> None:
        self._noise = noise
        self._waiting: list[bytes] = []
        self._asked = 0

    def receive(self, wait_s: float) -> bytes:
        if self._waiting:
            return self._waiting.pop(0)
        if self._asked > 2:
            raise OSError("gone")
        time.sleep(min(wait_s, 0.001))
        return b""

    def send(self, data: bytes) -> None:
        assert data.startswith(b"\xef\x01")
        self._asked += 1
        answer = encode(PacketKind.ACK, b"\x00") if self._noise.random() < 0.7 else b""
        nonsense = block(self._noise, self._noise.randint(0, 3000))
        self._waiting = [answer, *pieces(self._noise, nonsense)]
        self._waiting = [piece for piece in self._waiting if piece]

    def apply(self, settings: LineSettings) -> None:
        """It has no speed."""

    def check(self) -> None:
        """It is always there."""

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.soak
@pytest.mark.timeout(3600 if SOAK else 120)
@pytest.mark.parametrize("seed", range(400 if SOAK else 8))
def test_whatever_is_answered_is_an_answer_or_one_error_of_the_tree(seed: int) -> None:
    noise = random.Random(seed)
    line = R30xLine(Transport(Chatter(noise), "chatter", LineSettings(115200)), 0xFFFFFFFF)
    asked: Callable[[], object] = noise.choice(
        (
            lambda: line.ask(Instruction.READ_SYSTEM_PARAMETERS),
            lambda: line.read_image(64 * 64, None),
            lambda: line.read_data(Instruction.UPLOAD_TEMPLATE, b"\x01", 4096),
            lambda: line.move(1),
        )
    )
    try:
        answer = asked()
    except DeviceError as error:
        answer = error
    assert isinstance(answer, Ack | bytes | DeviceError)


def test_the_simulated_module_answers_any_command() -> None:
    noise = random.Random(21)
    finger = np.random.default_rng(3).integers(0, 256, (288, 256), dtype=np.uint8)
    module = Module(ModuleTraits(), lambda: finger if noise.random() < 0.8 else None, lambda _: None)
    known = sorted(module.known - {0x12, 0x13})  # a password set at random would end the conversation
    for _ in range(BYTES // 100):
        command = bytes([noise.choice(known)]) + noise.randbytes(noise.choice((0, 1, 2, 3, 4, 5, 33)))
        first, *others = module.obey(command)
        assert first[0] == 0x07
        assert all(0 < len(content) <= MAX_CONTENT for _, content in (first, *others))
        if noise.random() < 0.1:
            module.take(noise.randbytes(noise.randint(1, 256)), last=noise.random() < 0.5)
