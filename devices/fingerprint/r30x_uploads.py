"""One image out of several uploads of it: whatever arrived sound is kept, the rest is looked for in the next upload.

A bit flipped on the line costs one frame. Where no byte was lost or put in, a frame's place in the image follows from
how many bytes lie between it and the acknowledgement; an upload that is longer or shorter than it should be tells
no places, and nothing of it is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from devices.fingerprint.r30x_wire import FRAME_OVERHEAD, Packet, PacketKind


@dataclass(slots=True)
class Upload:
    """What one upload brought.

    Attributes:
        begin: place of its first byte in the stream, right behind the acknowledgement.
        frames: data frames whose sums held, in order.
        end: place behind its last byte: behind the last frame, or where the line fell silent.
        ended: whether the last frame came.
    """

    begin: int
    frames: list[Packet] = field(default_factory=list, repr=False)
    end: int = 0
    ended: bool = False

    @property
    def clean(self) -> bool:
        """Whether the last frame came, and nothing but frames before it."""
        if not self.ended:
            return False
        places = [self.begin, *(frame.end for frame in self.frames)]
        return all(frame.at == place for frame, place in zip(self.frames, places[:-1], strict=True))

    @property
    def data(self) -> bytes:
        """All content that came, in order."""
        return b"".join([frame.content for frame in self.frames])


class Merge:
    """Gathers one image.

    Args:
        sizes: bytes that it may have, of which one will turn out to be right.
    """

    def __init__(self, sizes: Collection[int]) -> None:
        self._sizes = frozenset(sizes)
        self._kept: dict[tuple[int, int], dict[int, bytes]] = {}
        """Contents by place, for each size of image and of frames."""

    def add(self, upload: Upload) -> int:
        """Keep what is sound and whose place is known; returns how many frames were new."""
        step = self._frame_size(upload)
        for size in self._sizes:
            count = -(-size // step)
            if upload.end - upload.begin != size + count * FRAME_OVERHEAD:
                continue
            kept = self._kept.setdefault((size, step), {})
            before = len(kept)
            for frame in upload.frames:
                place, rest = divmod(frame.at - upload.begin, step + FRAME_OVERHEAD)
                last = place == count - 1
                length = size - step * place if last else step
                if not rest and last is (frame.kind is PacketKind.END_OF_DATA) and len(frame.content) == length:
                    kept.setdefault(place, frame.content)
            return len(kept) - before
        return 0

    def whole(self) -> bytes | None:
        """The image, once every frame of it is there."""
        for (size, step), kept in self._kept.items():
            if len(kept) * step >= size:
                return b"".join(kept[place] for place in sorted(kept))
        return None

    @staticmethod
    def _frame_size(upload: Upload) -> int:
        """Bytes of content that most data frames have."""
        lengths = Counter(len(frame.content) for frame in upload.frames if frame.kind is PacketKind.DATA)
        return lengths.most_common(1)[0][0] if lengths else 1
