"""A sentence in the screen's two languages. Alone in its room: whoever shows words needs nothing else of a protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["id", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in the screen's two languages."""

    id: str
    en: str

    def in_language(self, language: Language) -> str:
        """The sentence in Indonesian (`"id"`) or English (`"en"`)."""
        return self.id if language == "id" else self.en
