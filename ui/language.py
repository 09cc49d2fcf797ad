"""The screen's two languages, switched while the program runs.

Sentences stand in the source as pairs, `Text(Indonesian, English)`: the same type in which protocols and code tables
speak, so that one switch reaches them all, neither half can be missing (the type checker sees to it), and no compiled
catalogue can be out of step. A widget's language is its Qt locale: set on the window it reaches every child, each
widget is told by `LocaleChange` and says its sentence again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QWidget

from protocols.text import Language, Text

__all__ = ["Language", "Text", "clock_text", "date_text", "fill", "language_of", "locale_of", "moment_text", "same"]

_LOCALES: Final = {
    "id": QLocale(QLocale.Language.Indonesian, QLocale.Country.Indonesia),
    "en": QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom),
}
_DAYS: Final = (
    Text("Senin", "Monday"),
    Text("Selasa", "Tuesday"),
    Text("Rabu", "Wednesday"),
    Text("Kamis", "Thursday"),
    Text("Jumat", "Friday"),
    Text("Sabtu", "Saturday"),
    Text("Minggu", "Sunday"),
)
_MONTHS: Final = (
    Text("Januari", "January"),
    Text("Februari", "February"),
    Text("Maret", "March"),
    Text("April", "April"),
    Text("Mei", "May"),
    Text("Juni", "June"),
    Text("Juli", "July"),
    Text("Agustus", "August"),
    Text("September", "September"),
    Text("Oktober", "October"),
    Text("November", "November"),
    Text("Desember", "December"),
)


def locale_of(language: Language) -> QLocale:
    """What a window is set to."""
    return _LOCALES[language]


def language_of(widget: QWidget) -> Language:
    """In which language the widget speaks: English where its locale is, else Indonesian."""
    return "en" if widget.locale().language() is QLocale.Language.English else "id"


def same(words: str) -> Text:
    """Words that are the same in both: names, numbers, codes."""
    return Text(words, words)


def fill(text: Text, **values: Text | str | int) -> Text:
    """The sentence with its gaps filled, `{name}` by name, in each language with that language's words."""

    def words(language: Language) -> str:
        told = {name: v.in_language(language) if isinstance(v, Text) else v for name, v in values.items()}
        return text.in_language(language).format(**told)

    return Text(words("id"), words("en"))


def listed(words: Iterable[Text]) -> Text:
    """One after the other, with commas."""
    each = tuple(words)
    return Text(", ".join(one.id for one in each), ", ".join(one.en for one in each))


def date_text(day: date) -> Text:
    """As it is read aloud: Kamis, 26 November 2020."""
    return fill(same("{day}, {n} {month} {year}"), day=_DAYS[day.weekday()], **_parts(day))


def birth_text(day: date) -> Text:
    """A date of birth: 17 Agustus 1990."""
    return fill(same("{n} {month} {year}"), **_parts(day))


def clock_text(at: datetime) -> Text:
    """Hour and minute: 08.00, 08:00."""
    return Text(f"{at:%H.%M}", f"{at:%H:%M}")


def moment_text(at: datetime) -> Text:
    """Date and time of an aware datetime, in its own zone."""
    return fill(
        Text("{date} pukul {clock} {zone}", "{date}, {clock} {zone}"),
        date=date_text(at.date()),
        clock=clock_text(at),
        zone=at.tzname() or "",
    )


def _parts(day: date) -> dict[str, Text | str | int]:
    return {"n": day.day, "month": _MONTHS[day.month - 1], "year": str(day.year)}
