"""Pictures as bytes and back: lossless for what rests here, WSQ for the prints that are exchanged.

All arrays are `uint8`; colour is BGR of shape (height, width, 3), grey is (height, width).
"""

from __future__ import annotations

import io
from typing import Any, Final

import numpy as np
import wsq as wsq_plugin
from numpy.typing import NDArray
from PIL import Image

from devices.opencv_import import cv2

Pixels = NDArray[np.uint8]

WSQ_DPI: Final = 500
"""The only resolution that WSQ is made for (FBI IAFIS-IC-0110)."""
WSQ_TOLERANCE: Final = 10
"""Sensors sold as 500 dpi reach 508 (20 counts a millimetre)."""
WSQ_LIKENESS: Final = 0.7
"""Correlation that a print must keep: noisy ones keep 0.9, and those that the codec loses fall to half and below."""
assert wsq_plugin.__version__  # importing it makes Pillow know WSQ


def portrait_png(bgr: Pixels) -> bytes:
    """A portrait without loss.

    Raises:
        ValueError: not a colour picture.
    """
    return _png(_colour(bgr))


def finger_png(grey: Pixels) -> bytes:
    """An impression without loss.

    Raises:
        ValueError: not a grey picture.
    """
    return _png(_grey(grey))


def decode_png(data: bytes) -> Pixels:
    """The pixels, in colour or grey as they were encoded.

    Raises:
        ValueError: not a picture.
    """
    return _decode(data, cv2.IMREAD_UNCHANGED)


def print_for_exchange(grey: Pixels, dpi: int) -> bytes:
    """An impression as it is handed on: WSQ, or PNG where WSQ is not made for it. Both begin with their own mark.

    Raises:
        ValueError: not a grey picture.
    """
    try:
        return wsq_encode(grey, dpi)
    except NotForWsqError:
        return finger_png(grey)


class NotForWsqError(ValueError):
    """Another resolution, or a picture that the codec would lose."""


def wsq_encode(grey: Pixels, dpi: int) -> bytes:
    """An impression as WSQ.

    The codec's rate is fixed, and some strong regular patterns come back from it as an even grey without an error: so
    what was encoded is decoded and compared.

    Raises:
        NotForWsqError: not of 500 dpi within `WSQ_TOLERANCE`, or lost by the codec.
        ValueError: not a grey picture.
    """
    pixels = _grey(grey)
    if abs(dpi - WSQ_DPI) > WSQ_TOLERANCE:
        raise NotForWsqError(f"WSQ is for {WSQ_DPI} dpi, not {dpi}")
    # Pillow is handed (width, height) and the codec takes rows before columns: going through Pillow keeps them apart.
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="WSQ")
    coded = buffer.getvalue()
    if _likeness(pixels, wsq_decode(coded)) < WSQ_LIKENESS:
        raise NotForWsqError("lost by the codec")
    return coded


def wsq_decode(data: bytes) -> Pixels:
    """The impression's pixels, near to those encoded.

    Raises:
        ValueError: not WSQ.
    """
    return np.asarray(_opened(data, "WSQ").convert("L"), dtype=np.uint8)


def _likeness(one: Pixels, other: Pixels) -> float:
    """Correlation of two pictures of one shape; 1 where the first is even, since there is nothing to lose."""
    a, b = (pixels.astype(np.float64) - pixels.mean() for pixels in (one, other))
    if a.std() < 1:
        return 1.0
    return float((a * b).mean() / (a.std() * b.std() + 1e-9))


def _png(pixels: Pixels) -> bytes:
    done, data = cv2.imencode(".png", pixels)
    if not done:
        raise ValueError("no picture to encode")
    return data.tobytes()


def _decode(data: bytes, flags: int) -> Pixels:
    if not data:
        raise ValueError("not a picture")
    pixels: Any = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if pixels is None or pixels.dtype != np.uint8:
        raise ValueError("not a picture of 8 bits")
    decoded: Pixels = pixels
    return decoded


def _opened(data: bytes, kind: str) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(data), formats=[kind])
        image.load()
    except (OSError, ValueError, SyntaxError, IndexError, TypeError) as error:
        raise ValueError(f"not {kind}") from error
    return image


def _grey(pixels: Pixels) -> Pixels:
    if pixels.ndim != 2 or pixels.dtype != np.uint8 or 0 in pixels.shape:
        raise ValueError("a grey picture has the shape (height, width) and 8 bits")
    return np.ascontiguousarray(pixels)


def _colour(pixels: Pixels) -> Pixels:
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or 0 in pixels.shape:
        raise ValueError("a colour picture has the shape (height, width, 3) and 8 bits")
    return np.ascontiguousarray(pixels)
