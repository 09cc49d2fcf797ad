"""Whether two prints are of one finger: what every matcher offers, ours, and the check of a new print against others.

The answer is advice: an officer looks at both prints and decides. Templates are kept in memory alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from devices.fingerprint import GreyImage
from devices.positions import FingerPosition
from station.biometrics.alignment import likeness
from station.biometrics.cylinders import Cylinders, cylinders_of
from station.biometrics.minutiae import extract

UNDERSIZED_MM2: Final = 209.0
"""A picture smaller than FAP 10 (12.7 x 16.5 mm) is undersized; a module of 256 x 288 pixels gives 190 mm2."""
RELIABLE_MM2: Final = 130.0
"""Touched area from which a match counts as one; the same from which more adds nothing to a print's quality."""


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """What a matcher keeps of one print; its parts never show in a repr.

    Attributes:
        algorithm: of the matcher that made it, and that alone can compare it.
        area_mm2: where the finger lay.
        shown_mm2: the whole picture's area.
    """

    algorithm: str
    area_mm2: float = field(repr=False)
    shown_mm2: float = field(repr=False)

    @property
    def shows_enough(self) -> bool:
        """Whether a match of this print may count as one."""
        return self.shown_mm2 >= UNDERSIZED_MM2 and self.area_mm2 >= RELIABLE_MM2


class FingerMatcher(Protocol):
    """A way to compare prints.

    Attributes:
        algorithm: stored with every score: figures of different algorithms are never compared.
        threshold: score from which two prints are taken for one finger's.
    """

    @property
    def algorithm(self) -> str: ...

    @property
    def threshold(self) -> float: ...

    def template(self, image: GreyImage, dpi: int) -> Template:
        """What can be compared of one plain impression.

        Args:
            image: shape (height, width), ridges dark.
            dpi: its resolution, both ways.

        Raises:
            ValueError: no grey picture, or too small to hold ridges.
        """

    def compare(self, a: Template, b: Template) -> float:
        """How alike two prints are, 0 for not at all.

        Raises:
            TypeError: a template of another algorithm.
        """

    def reliable(self, template: Template) -> bool:
        """Whether it shows enough of the finger; otherwise a match is worth a warning and no more."""


@dataclass(frozen=True, slots=True)
class Match:
    """A print that looks like the new one.

    Attributes:
        position: as which finger it was taken.
        score: of `algorithm`.
        reliable: False where one of both is so small that this is only worth a warning.
    """

    position: FingerPosition
    score: float
    algorithm: str
    reliable: bool


@dataclass(frozen=True, slots=True, eq=False)
class _CylinderTemplate(Template):
    cylinders: Cylinders = field(repr=False)


def picture_mm2(image: GreyImage, dpi: int) -> float:
    """Area of a whole picture, square millimetres."""
    return float(image.size * (25.4 / dpi) ** 2)


class CylinderMatcher:
    """Ours: minutiae by their neighbourhoods, and how they stand to each other."""

    algorithm: Final = "ktpel-cylinder-1"
    threshold: Final = 0.11
    """Twice the greatest of 23,040 comparisons of different real fingers (FVC 2002 and 2004, sets B). A fifth of the
    genuine ones there stays below, mostly dry, wet and wrung fingers. How rare false matches are takes more to tell."""

    def template(self, image: GreyImage, dpi: int) -> Template:
        """Some 110 ms for 20 x 16 mm: made while the next finger is laid down."""
        minutiae = extract(image, dpi)
        return _CylinderTemplate(self.algorithm, minutiae.area_mm2, picture_mm2(image, dpi), cylinders_of(minutiae))

    def compare(self, a: Template, b: Template) -> float:
        """0 to 1; less than 1 ms."""
        if not (isinstance(a, _CylinderTemplate) and isinstance(b, _CylinderTemplate)):
            raise TypeError(f"not a template of {self.algorithm}")
        return likeness(a.cylinders, b.cylinders)

    def reliable(self, template: Template) -> bool:
        return template.shows_enough


def same_fingers(
    new: Template, accepted: Mapping[FingerPosition, Template], matcher: FingerMatcher
) -> tuple[Match, ...]:
    """Which of the accepted prints look like the new one, the likest first.

    Nine comparisons take less than 10 ms.

    Args:
        new: of the print just taken.
        accepted: of the prints that stand, by the finger as which they were taken; that of the new one left out.
        matcher: who made all these templates.

    Raises:
        TypeError: a template of another algorithm.
    """
    scores = {position: matcher.compare(new, template) for position, template in accepted.items()}
    return tuple(
        Match(
            position=position,
            score=score,
            algorithm=matcher.algorithm,
            reliable=matcher.reliable(new) and matcher.reliable(accepted[position]),
        )
        for position, score in sorted(scores.items(), key=lambda each: -each[1])
        if score >= matcher.threshold
    )
