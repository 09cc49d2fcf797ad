"""The same finger twice, hands swapped: every new print is compared with those that stand. On the desk's thread.

Templates live in memory alone, for the visit at the counter; after a restart they are made again from what is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from station.domain.enrollment import Enrollment
from station.domain.samples import FingerAttempt, Likeness

if TYPE_CHECKING:
    from station.biometrics.matching import FingerMatcher, Template

Key = tuple[str, int, int]
"""Visit, position, number of the attempt."""


class LikenessCheck:
    """Remembers the templates of one visit at a time, and which attempts were compared.

    Args:
        image: fetches an attempt's PNG.
        matcher: made when it is first needed; it loads OpenCV.
    """

    def __init__(self, image: Callable[[FingerAttempt], bytes], matcher: Callable[[], FingerMatcher]) -> None:
        self._image = image
        self._make_matcher = matcher
        self._matcher: FingerMatcher | None = None
        self._visit_id = ""
        self._templates: dict[Key, Template | None] = {}
        self._compared: set[Key] = set()

    def news(self, visit: Enrollment) -> tuple[Likeness, ...]:
        """What the attempts that stand and were not compared yet look like.

        Raises:
            RuleError: `blob.unknown`.
        """
        if visit.visit_id != self._visit_id:
            self.forget()
            self._visit_id = visit.visit_id
        found: list[Likeness] = []
        for attempt in _standing(visit):
            if self._key(attempt) not in self._compared:
                found += self._alike(visit, attempt)
                self._compared.add(self._key(attempt))
        return tuple(each for each in found if each not in visit.likenesses)

    def forget(self) -> None:
        """The visit is over."""
        self._visit_id = ""
        self._templates.clear()
        self._compared.clear()

    def _alike(self, visit: Enrollment, attempt: FingerAttempt) -> Iterator[Likeness]:
        from station.biometrics.matching import same_fingers  # noqa: PLC0415 - OpenCV is loaded late

        mine = self._template(attempt)
        others = {
            each.position: each
            for each in _standing(visit)
            if each.position is not attempt.position
            and self._key(each) in self._compared
            and not _settled(visit, attempt, each)
        }
        templates = {position: self._template(each) for position, each in others.items()}
        comparable = {position: each for position, each in templates.items() if each is not None}
        if mine is None:
            return
        for match in same_fingers(mine, comparable, self._own_matcher()):
            yield Likeness(
                position=attempt.position,
                number=attempt.number,
                other=match.position,
                other_number=others[match.position].number,
                score=round(match.score, 3),
                algorithm=match.algorithm,
                reliable=match.reliable and not (attempt.undersized or others[match.position].undersized),
            )

    def _template(self, attempt: FingerAttempt) -> Template | None:
        """None of a print that is too small to hold ridges."""
        from station.biometrics.images import decode_png  # noqa: PLC0415 - pixels are loaded late

        key = self._key(attempt)
        if key not in self._templates:
            image = decode_png(self._image(attempt))
            try:
                self._templates[key] = self._own_matcher().template(image, attempt.dpi)
            except ValueError:
                self._templates[key] = None
        return self._templates[key]

    def _own_matcher(self) -> FingerMatcher:
        if self._matcher is None:
            self._matcher = self._make_matcher()
        return self._matcher

    def _key(self, attempt: FingerAttempt) -> Key:
        return (self._visit_id, int(attempt.position), attempt.number)


def _standing(visit: Enrollment) -> tuple[FingerAttempt, ...]:
    """One attempt a finger: what would go into the packet now."""
    best = (visit.best(position) for position in dict.fromkeys(each.position for each in visit.fingers))
    return tuple(each for each in best if each is not None)


def _settled(visit: Enrollment, one: FingerAttempt, other: FingerAttempt) -> bool:
    """Whether an officer has said of these two that they are two fingers."""
    pair = {(one.position, one.number), (other.position, other.number)}
    return pair in visit.found_different
