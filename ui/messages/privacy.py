"""What the record can say when it is read, erased, or told to somebody outside."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ui.language import Text as T  # noqa: N817 - as in the other tables

PRIVACY: Final = MappingProxyType(
    {
        "paper.no_lines": T("Tidak ada catatan audit pada hari itu.", "No audit line was written on these days."),
    }
)
