"""The sheet of a window that is signed on: what a pointer does there, handed over from the window to the pad's driver.

No window's library enters: whoever shows the sheet feeds it, from any thread. Nothing is kept unless a pad listens.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from protocols.clock import Clock, SystemClock

WAITING: Final = 8192
"""Events kept that nobody has read; the oldest are forgotten. Half a minute of the fastest pen display."""


class Phase(StrEnum):
    """What a pointer does. A stroke goes from a press to a lift; a drag without a press before it is no ink."""

    HOVER = "hover"
    PRESS = "press"
    DRAG = "drag"
    LIFT = "lift"


@dataclass(frozen=True, slots=True)
class PointerEvent:
    """One event of a pointer over the sheet.

    Attributes:
        x, y: shares of the sheet's width and height, origin top left; below 0 or above 1 where the pointer strays.
        pressure: 0 to 1; 1 of a pointer that touches and knows no pressure.
        phase: what it does.
        time_ms: by the clock of the window system, of any beginning.
        pointer: tells it from others that act at the same time.
        stylus: a pen, as against a finger or a mouse.
    """

    x: float = field(repr=False)
    y: float = field(repr=False)
    pressure: float = field(repr=False)
    phase: Phase
    time_ms: int = field(repr=False)
    pointer: int = 0
    stylus: bool = False


@dataclass(frozen=True, slots=True)
class Arrived:
    """An event and when it came, monotonic seconds of the station."""

    event: PointerEvent
    at: float


class Sheet:
    """Between one window and one driver. Thread-safe.

    One pointer draws at a time, from its press to its lift. Once a pen has been seen, the hand that rests beside it is
    not heard until the next signature.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._news = threading.Condition()
        self._waiting: deque[Arrived] = deque(maxlen=WAITING)
        self._shown = self._heard = self._pen_seen = False
        self._drawing: PointerEvent | None = None
        """The last event of the pointer that is down."""

    # -- the window's side

    def attach(self) -> None:
        """There is a window that can show it."""
        with self._news:
            self._shown = True

    def detach(self) -> None:
        """The window is gone, and so is the pad."""
        with self._news:
            self._shown = self._heard = False
            self._news.notify_all()

    @property
    def shown(self) -> bool:
        """Whether there is a window."""
        with self._news:
            return self._shown

    @property
    def wanted(self) -> bool:
        """Whether a pad listens: the sheet is to be signed on."""
        with self._news:
            return self._heard

    def feed(self, event: PointerEvent) -> None:
        """A pointer did something."""
        with self._news:
            if self._heard and self._belongs(event):
                self._waiting.append(Arrived(event, self._clock.monotonic()))
                self._news.notify_all()

    def _belongs(self, event: PointerEvent) -> bool:
        drawing = self._drawing
        if event.stylus and not self._pen_seen:
            self._pen_seen = True
            if drawing is not None and not drawing.stylus:
                self._lifted(drawing)
                drawing = None
        if self._pen_seen and not event.stylus:
            return False
        match event.phase:
            case Phase.HOVER:
                return drawing is None
            case Phase.PRESS:
                if drawing is not None and drawing.pointer != event.pointer:
                    return False
                if drawing is not None:
                    self._lifted(drawing)
                self._drawing = event
                return True
            case Phase.DRAG | Phase.LIFT:
                if drawing is None or drawing.pointer != event.pointer:
                    return False
                self._drawing = event if event.phase is Phase.DRAG else None
                return True

    def _lifted(self, last: PointerEvent) -> None:
        """Its own lift was never told."""
        self._drawing = None
        self._waiting.append(Arrived(replace(last, phase=Phase.LIFT), self._clock.monotonic()))

    # -- the driver's side

    def listen(self) -> bool:
        """From now on events are kept; False where there is no window."""
        with self._news:
            self._forget()
            self._heard = self._shown
            return self._heard

    def unlisten(self) -> None:
        """Nothing is kept any more; whoever waits in `take` is told. Idempotent."""
        with self._news:
            self._heard = False
            self._forget()
            self._news.notify_all()

    def clear(self) -> bool:
        """Forget what waits; a stroke under way belongs to nobody. False where nobody listens any more."""
        with self._news:
            self._forget()
            return self._heard

    def take(self, timeout_s: float) -> tuple[Arrived, ...] | None:
        """What came, empty after `timeout_s` seconds without any; None where nobody listens any more."""
        with self._news:
            self._news.wait_for(lambda: self._waiting or not self._heard, timeout_s)
            if not self._heard:
                return None
            taken = tuple(self._waiting)
            self._waiting.clear()
            return taken

    def _forget(self) -> None:
        self._waiting.clear()
        self._drawing, self._pen_seen = None, False
