"""A network that has YuNet's outputs and sees a face in whatever is white: written as ONNX, byte by byte.

The real one's weights are not at hand. This one lets OpenCV's adapter run from the file to the boxes: each white
square of 16 pixels is a face of which the answers are known.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import Final

SIDE: Final = 320
CELL: Final = 16
FACE: Final = 6.0
"""Side of the box, in cells; the eyes are half of that apart, a cell above the middle."""
BOX: Final = (0.5, 0.5, math.log(FACE), math.log(FACE))
LANDMARKS: Final = (-1.0, -0.5, 2.0, -0.5, 0.5, 1.0, -0.5, 2.0, 1.5, 2.0)
"""Right eye, left eye, nose, corners of the mouth: right and down from the cell's corner, in cells."""
FLOAT, INTS_KIND = 1, 7
"""Of ONNX: the type of a tensor, the type of an attribute."""


def white_is_a_face() -> bytes:
    """The model file."""
    nodes, weights, outputs = [], [], []
    for stride in (8, 16, 32):
        pooled = f"pooled_{stride}"
        square = [stride, stride]
        nodes.append(_node("AveragePool", ["input"], pooled, kernel_shape=square, strides=square))
        seen = float(stride == CELL)
        # blue of 255 becomes 1.2, which counts as 1; a half covered cell stays below the least score
        heads = {
            "cls": ([(1.2 * seen / 255, 0.0, 0.0)], [0.0]),
            "obj": ([(1.2 * seen / 255, 0.0, 0.0)], [0.0]),
            "bbox": ([(0.0, 0.0, 0.0)] * 4, BOX),
            "kps": ([(0.0, 0.0, 0.0)] * 10, LANDMARKS),
        }
        for name, (kernel, bias) in heads.items():
            key = f"{name}_{stride}"
            flat = [weight for row in kernel for weight in row]
            weights += [_tensor(f"{key}_w", [len(kernel), 3, 1, 1], flat), _tensor(f"{key}_b", [len(kernel)], bias)]
            nodes.append(_node("Conv", [pooled, f"{key}_w", f"{key}_b"], f"{key}_planes", kernel_shape=[1, 1]))
            nodes.append(_node("Transpose", [f"{key}_planes"], key, perm=[0, 2, 3, 1]))
            outputs.append(_message(12, _value(key, [1, SIDE // stride, SIDE // stride, len(bias)])))
    graph = b"".join(_message(1, node) for node in nodes) + _message(2, b"face")
    graph += b"".join(_message(5, weight) for weight in weights) + _message(11, _value("input", [1, 3, SIDE, SIDE]))
    graph += b"".join(outputs)
    return _number(1, 7) + _message(7, graph) + _message(8, _number(2, 11))


def _value(name: str, shape: Sequence[int]) -> bytes:
    sizes = b"".join(_message(1, _number(1, size)) for size in shape)
    kind = _number(1, FLOAT) + _message(2, sizes)
    return _message(1, name.encode()) + _message(2, _message(1, kind))


def _node(kind: str, inputs: Sequence[str], output: str, **attributes: Sequence[int]) -> bytes:
    wires = b"".join(_message(1, name.encode()) for name in inputs) + _message(2, output.encode())
    settings = b"".join(
        _message(5, _message(1, name.encode()) + b"".join(_number(8, each) for each in values) + _number(20, INTS_KIND))
        for name, values in attributes.items()
    )
    return wires + _message(3, output.encode()) + _message(4, kind.encode()) + settings


def _tensor(name: str, shape: Sequence[int], values: Sequence[float]) -> bytes:
    sizes = b"".join(_number(1, size) for size in shape)
    return (
        sizes + _number(2, FLOAT) + _message(8, name.encode()) + _message(9, struct.pack(f"<{len(values)}f", *values))
    )


def _message(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _varint(value: int) -> bytes:
    parts = []
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])
