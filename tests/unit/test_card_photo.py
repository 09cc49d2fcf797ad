"""The photo's format is told by its first bytes, by those of encoders that are not ours."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from devices.card_reader.photo import PhotoCodec, photo_codec


def _encoded(name: str, **how: bool) -> bytes:
    out = io.BytesIO()
    Image.new("L", (16, 20), 128).save(out, name, **how)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "codec"),
    [
        (_encoded("JPEG"), PhotoCodec.JPEG),
        (_encoded("JPEG2000"), PhotoCodec.JPEG2000),
        (_encoded("JPEG2000", no_jp2=True), PhotoCodec.JPEG2000),
        (_encoded("PNG"), PhotoCodec.UNKNOWN),
        (_encoded("JPEG")[1:], PhotoCodec.UNKNOWN),
        (b"\xff\xd8", PhotoCodec.UNKNOWN),
        (b"", PhotoCodec.UNKNOWN),
    ],
)
def test_a_format_is_told_by_its_first_bytes(data: bytes, codec: PhotoCodec) -> None:
    assert photo_codec(data) is codec
