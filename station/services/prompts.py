"""What the station wants of the applicant right now. The screen shows it; in practice the synthetic person obeys it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from devices.positions import FingerPosition


class PromptKind(StrEnum):
    """What is to be done."""

    LOOK_AT_CAMERA = "look_at_camera"
    PLACE_FINGER = "place_finger"
    LIFT_FINGER = "lift_finger"
    SIGN = "sign"
    MEASURE_TEMPERATURE = "measure_temperature"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Prompt:
    """One wish.

    Attributes:
        fingers: of PLACE_FINGER and LIFT_FINGER, which ones, laid at once.
        subject: of MEASURE_TEMPERATURE, whose: the visit's id or the officer's; of LOOK_AT_CAMERA, whose visit.
    """

    kind: PromptKind
    fingers: tuple[FingerPosition, ...] = ()
    subject: str = ""


Listener = Callable[[Prompt], None]


class Prompts:
    """Tells every listener each wish, on the thread that says it. Thread-safe; listeners return soon, never raise."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []
        self._current = Prompt(PromptKind.NOTHING)

    @property
    def current(self) -> Prompt:
        """The last wish said."""
        with self._lock:
            return self._current

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear of every wish from now on; call what is returned to hear no more."""
        with self._lock:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unsubscribe

    def say(self, prompt: Prompt) -> None:
        """Make it known."""
        self._say(prompt, frozenset(PromptKind))

    def take_back(self, kinds: frozenset[PromptKind]) -> None:
        """Nothing is wanted any more, if the last wish was of these kinds; a wish of somebody else's stands."""
        self._say(Prompt(PromptKind.NOTHING), kinds)

    def _say(self, prompt: Prompt, instead_of: frozenset[PromptKind]) -> None:
        with self._lock:
            if self._current.kind not in instead_of:
                return
            self._current = prompt
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(prompt)
