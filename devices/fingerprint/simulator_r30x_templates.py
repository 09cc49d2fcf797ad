"""What a simulated R30x module takes for a template: a picture's thumbnail, and how alike two of them are."""

from __future__ import annotations

from typing import Final

import numpy as np

from devices.fingerprint import GreyImage

TEMPLATE_SIZE: Final = 512


def thumbnail(image: GreyImage) -> bytes:
    """32 rows of 16 points."""
    rows = np.linspace(8, image.shape[0] - 9, 32).astype(int)
    columns = np.linspace(8, image.shape[1] - 9, 16).astype(int)
    points: GreyImage = image[rows][:, columns] & np.uint8(0xF0)
    return points.tobytes()


def faint(template: bytes) -> bool:
    """Whether it shows too little."""
    return float(np.frombuffer(template, np.uint8).std()) < 8


def alike(one: bytes, other: bytes) -> int:
    """0 to 100."""
    if len(one) != TEMPLATE_SIZE or len(other) != TEMPLATE_SIZE:
        return 0
    pair = np.frombuffer(one + other, np.uint8).reshape(2, -1).astype(float)
    if pair.std(axis=1).min() == 0:
        return 0
    return round(100 * max(0.0, float(np.corrcoef(pair)[0, 1])))
