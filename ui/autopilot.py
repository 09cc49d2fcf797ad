"""One complete recording through the window, by input events alone: for machines without a display, and for pictures.

Presses, types and waits as an officer would; it looks at what widgets show and calls no presenter and no service. With
simulated devices the lab's synthetic person does the applicant's part.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import (
    QMessageLogContext,
    Qt,
    QtMsgType,
    qFormatLogMessage,
    qInstallMessageHandler,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QWidget

from protocols.schema import Kind
from station.domain.portraits import MAX_PORTRAITS
from station.lab.persona import citizen
from station.services.keys import PACKETS
from station.services.sign_on import PRACTICE_OFFICERS, PRACTICE_PASSWORD
from ui.app import Opened, application, open_window
from ui.screens.checklist import ChecklistLine
from ui.touch import Touch
from ui.widgets.ink import InkView
from ui.widgets.pictures import Picture
from ui.widgets.text import Label
from ui.widgets.viewfinder import LiveView

if TYPE_CHECKING:
    from station.bootstrap import Station
    from ui.language import Language

PEN_REST_LOOKS: Final = 40
"""Looks without new ink after which the applicant has put the pen down: 0.8 s."""
HALF_STEADY: Final = 0.4
"""How far the ring is drawn in the picture of it."""
STILL_LOOKS: Final = 200
"""Looks after which the shutter is pressed: 4 s."""
OPERATOR, SUPERVISOR = PRACTICE_OFFICERS[0].id, PRACTICE_OFFICERS[1].id
CHOSEN: Final = {"urgent_reason": "hospital", "applicant_hands": "soap"}
EVIDENCE: Final = "421/SMA-1/2020"
REASON: Final = "Sesuai dokumen asli"
UNSUPPORTED: Final = frozenset(
    {
        "This plugin does not support raise()",
        "This plugin does not support grabbing the keyboard",
        "This plugin does not support propagateSizeHints()",
    }
)
"""What a platform without windows says of every list and message that opens; nobody looks at that window."""


@dataclass(frozen=True, slots=True)
class AutopilotResult:
    """Where everything lies."""

    packet: Path
    receipt: Path
    screenshots: tuple[Path, ...]


def record(station: Station, folder: Path, *, language: Language, seed: int = 2020) -> AutopilotResult:
    """Record citizen `seed` through the window; screenshots and the receipt go into `folder`.

    The station is wired and not started; it is not stopped here.

    Raises:
        StationError: the station does not open.
        AutopilotError: a screen did not come, or a button could not be pressed, within `PATIENCE_S` seconds.
    """
    if sys.platform == "linux" and not any(os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application()
    with without_unsupported():
        opened = open_window(station)
        try:
            return _Pilot(opened, folder, seed).fly(station.settings.folder / PACKETS, language)
        finally:
            opened.close()


@contextmanager
def without_unsupported() -> Iterator[None]:
    """Keep `UNSUPPORTED` off the terminal meanwhile; every other message of Qt goes where it went before."""

    def heard(kind: QtMsgType, context: QMessageLogContext, words: str) -> None:
        if words in UNSUPPORTED:
            return
        if before is not None:
            before(kind, context, words)
        else:
            sys.stderr.write(qFormatLogMessage(kind, context, words) + "\n")

    before = qInstallMessageHandler(heard)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


class _Pilot(Touch):
    def __init__(self, opened: Opened, folder: Path, seed: int) -> None:
        super().__init__(opened.window, folder)
        self._opened = opened
        self._form = citizen(seed).form

    def fly(self, packets: Path, language: Language) -> AutopilotResult:
        fault = self._opened.conductor
        known = f"officer.{OPERATOR}"
        self._wait("the sign-on screen", lambda: fault.failure is not None or self._seen(QAbstractButton, known))
        if fault.failure is not None:
            raise fault.failure
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._window.language != language:
            self._press("top.language")
        self._picture("sign-on")
        self._press(f"officer.{OPERATOR}")
        self._type("sign_on.password", PRACTICE_PASSWORD)
        self._press("sign_on.primary")
        self._wait("the lists", lambda: self._shown("home"))
        self._wait("all devices", self._devices_ready)
        self._picture("home")
        self._press("home.primary")
        self._identify()
        self._screen()
        self._portrait()
        self._fingers()
        self._sign()
        receipt = self._finish()
        packet = packets / self._text("sealed.packet")
        return AutopilotResult(packet, receipt, tuple(self._pictures))

    def _identify(self) -> None:
        self._wait("the form", lambda: self._shown("identify"))
        for name in type(self._form).__dataclass_fields__:
            value = getattr(self._form, name)
            widget = self._find(QWidget, name)
            if isinstance(widget, QLineEdit):
                self._type(name, value)
            elif isinstance(widget, QComboBox):
                self._choose(widget, value)
            else:
                self._press(f"{name}.{value}")
        if self._text("identify.card_seen"):  # there is a reader, and the lab lays a card on it
            self._wait("the card", lambda: self._seen(QAbstractButton, "identify.disown"))
        self._picture("identify")
        self._press("identify.primary")
        self._wait("the biodata to read aloud", lambda: self._shown("read_back"))
        self._press("read.yes")
        self._press("ever.no")
        if self._seen(QLineEdit, "reason"):
            self._type("reason", REASON)
        self._picture("read-back")
        self._press("read_back.primary")

    def _screen(self) -> None:
        self._wait("the checklist", lambda: bool(self._lines()))
        self._picture("screening")
        while open_lines := [line for line in self._lines() if not self._passed(line)]:
            self._answer(open_lines[0])
        self._wait("the verdict", lambda: self._enabled("screening.primary"))
        self._picture("screening-passed")
        self._press("screening.primary")

    def _lines(self) -> list[ChecklistLine]:
        return [line for line in self._window.findChildren(ChecklistLine) if line.isVisible()]

    def _passed(self, line: ChecklistLine) -> bool:
        mark = line.findChild(Label, f"{line.objectName()}.mark")
        return mark is not None and mark.property("mark") in {"passed", "held"}

    def _answer(self, line: ChecklistLine) -> None:
        """One line, and wait until the desk has kept it. The checklist is drawn anew, so it is found again by name."""
        name = line.objectName()
        match line.item.kind:
            case Kind.YES_NO | Kind.DISINFECTION:
                self._press(f"{name}.answer.yes")
            case Kind.CHOICE:
                self._choose(self._find(QComboBox, f"{name}.answer"), CHOSEN[line.item.id])
            case Kind.TEXT:
                self._type(f"{name}.answer", EVIDENCE)
                self._press(f"{name}.button")
            case Kind.TEMPERATURE:
                self._press(f"{name}.button")
            case Kind.OFFICER:
                self._press(f"{name}.answer")
                self._sign_form("approver", SUPERVISOR)
        self._wait(name, lambda: any(each.objectName() == name and self._passed(each) for each in self._lines()))

    def _portrait(self) -> None:
        live = self._wait_for(LiveView, "portrait.live")
        self._wait("frames", lambda: live.painted > 3 and not live.waiting)
        for attempt in range(MAX_PORTRAITS):
            self._watch(live, first=attempt == 0)
            self._wait("the picture", self._still_shown)
            self._wait(
                "the buttons", lambda: self._enabled("portrait.primary") or self._seen(QWidget, "portrait.force")
            )
            if self._enabled("portrait.primary") or attempt == MAX_PORTRAITS - 1:
                break
            self._press("portrait.retake")
        if not self._enabled("portrait.primary"):
            self._press("portrait.force")
            self._sign_form("force", SUPERVISOR, reason=REASON)
            self._wait("the forced portrait", lambda: self._enabled("portrait.primary"))
        self._picture("portrait-approval")
        self._press("portrait.primary")

    def _watch(self, live: LiveView, *, first: bool) -> None:
        """The picture takes itself once the applicant is still; somebody who never is, is taken by hand."""
        looks = 0

        def still() -> bool:
            nonlocal looks
            looks += 1
            return live.steady > HALF_STEADY or looks > STILL_LOOKS or self._still_shown()

        self._wait("stillness", still)
        if first:
            self._picture("portrait-live")
        if live.steady <= HALF_STEADY and not self._still_shown():
            QTest.keyClick(self._find(QWidget, "portrait.primary"), Qt.Key.Key_Space)

    def _still_shown(self) -> bool:
        shown = [each for each in self._window.findChildren(Picture, "portrait.still") if each.isVisible()]
        return bool(shown) and not shown[0].empty and self._seen(QAbstractButton, "portrait.retake")

    def _decidable(self) -> bool:
        return self._enabled("portrait.primary") or self._seen(QAbstractButton, "portrait.force")

    def _fingers(self) -> None:
        self._wait("the fingers", lambda: self._shown("fingerprints"))
        printed = self._wait_for(Picture, "fingerprints.print")
        count = self._find(Label, "fingerprints.count")
        begun = count.text()
        self._wait("the first finger", lambda: not printed.empty and count.text() != begun)
        half = count.text()
        self._wait("some fingers", lambda: count.text() not in {begun, half})
        self._picture("fingerprints")
        self._wait("ten fingers", lambda: self._enabled("fingerprints.primary"))
        self._picture("fingerprints-done")
        self._press("fingerprints.primary")

    def _sign(self) -> None:
        ink = self._wait_for(InkView, "signature.ink")
        seen, quiet = -1, 0

        def rests() -> bool:
            nonlocal seen, quiet
            quiet = quiet + 1 if ink.points == seen else 0
            seen = ink.points
            return seen > 0 and quiet >= PEN_REST_LOOKS and self._enabled("signature.primary")

        self._wait("a signature", rests)
        self._picture("signature")
        self._press("signature.primary")

    def _finish(self) -> Path:
        self._wait("the review", lambda: self._shown("review"))
        self._wait("its pictures", lambda: not self._find(Picture, "review.portrait").empty)
        self._picture("review")
        self._press("review.primary")
        self._wait("the receipt", lambda: self._shown("receipt"))
        self._press("receipt.primary")
        self._wait("the promise", lambda: self._seen(QLineEdit, "receipt.folder"))
        saved = self._find(Label, "receipt.saved")
        self._wait("the receipt that is saved of itself", lambda: bool(saved.toolTip()))
        here = str(self._folder.absolute())
        self._type("receipt.folder", here)
        self._press("receipt.save")
        self._wait("the receipt where it was asked for", lambda: saved.toolTip().startswith(here))
        receipt = Path(saved.toolTip())
        self._picture("receipt")
        self._press("receipt.primary")
        self._wait("the approval", lambda: self._shown("approval"))
        self._picture("approval")
        if self._seen(QAbstractButton, "approval.here"):
            self._press("approval.here")
            self._sign_form("approve_here", SUPERVISOR)
        else:
            self._press("approval.primary")
        self._wait("the seal", lambda: self._shown("sealed"))
        self._picture("sealed")
        return receipt


def main() -> int:
    """`python -m ui.autopilot --screenshots FOLDER`: record in the lab, for the pictures."""
    import tempfile  # noqa: PLC0415 - only for the pictures

    from station.cli.demo import running_station  # noqa: PLC0415 - the lab is started for the pictures alone
    from station.cli.words import Words  # noqa: PLC0415 - as the line above
    from station.config import Settings  # noqa: PLC0415 - as the line above

    parser = argparse.ArgumentParser(prog="make screenshots", description=main.__doc__)
    parser.add_argument("--screenshots", type=Path, required=True)
    parser.add_argument("--language", choices=("id", "en"), default="id")
    given = parser.parse_args()
    folder: Path = given.screenshots
    for old in folder.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory(prefix="screenshots-") as data:
        settings = Settings(data_dir=Path(data), language="id")
        with running_station(settings, None, Words(given.language), lifelike=False) as (station, _):
            done = record(station, folder, language=given.language)
    done.receipt.unlink()
    sys.stdout.write("".join(f"{path}\n" for path in done.screenshots))
    return 0


if __name__ == "__main__":
    sys.exit(main())
