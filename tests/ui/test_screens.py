"""Every screen by itself: names, room for a finger, nothing cut off, no word left in the other language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import ClassVar

import pytest
from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QListWidget, QWidget

from devices.discovery import Found
from devices.positions import FingerPosition
from protocols.schema import Kind, ProtocolDefinition, Subject, builtin, builtin_ids
from protocols.screening import ItemState, Mark
from station.domain.officer import Officer, Role
from station.provisioning import VaultFound
from station.security.vault import VaultName
from station.trial import drivers
from ui.dialogs import approving, questions
from ui.dialogs.form import FormDialog
from ui.language import Text, same
from ui.messages import SENTENCES
from ui.messages.start import fault_of
from ui.presenters.signature import THUMB_LATER
from ui.screens.closing import ApprovalScreen, SealedScreen
from ui.screens.fingerprints import FingerprintsScreen
from ui.screens.first_officers import FirstOfficersScreen
from ui.screens.hand_over import HandOverScreen
from ui.screens.home import HomeScreen, Shelf, VisitLine
from ui.screens.identify import IdentifyScreen
from ui.screens.paper import PaperScreen
from ui.screens.portrait import PortraitScreen
from ui.screens.queue import APPROVE, QueueScreen, RecordView
from ui.screens.read_back import ReadBackScreen
from ui.screens.review import ReviewScreen
from ui.screens.screen import Screen
from ui.screens.screening import ScreeningScreen
from ui.screens.sign_on import SignOnScreen
from ui.screens.signature import SignatureScreen
from ui.screens.start_fault import StartFaultScreen
from ui.screens.wizard import OfficeScreen, PickUpScreen, SummaryScreen, WizardScreen
from ui.screens.wizard_devices import DevicesScreen
from ui.screens.wizard_security import CertificatesScreen, KeysScreen
from ui.widgets.attempts import AttemptView
from ui.widgets.device_panel import NAMES
from ui.widgets.fields import Choice, Segments
from ui.widgets.queue_list import Chip, QueueLine
from ui.widgets.shots import ShotView
from ui.widgets.text import Label
from ui.window import MainWindow

OFFICERS = (Officer("petugas", "Rina", Role.OPERATOR), Officer("penyelia", "Budi", Role.SUPERVISOR))
LONG_NAME = same("CONTOH MELATI KHATULISTIWA SEJATI NUSANTARA")
NOW = datetime(2020, 5, 4, 8, 0, tzinfo=UTC)


def _clock_fault() -> Screen:
    screen = StartFaultScreen()
    screen.show_fault(fault_of("time.behind", ValueError()), SENTENCES["time.behind"], "-172800")
    screen.show_clock(NOW, NOW)
    return screen


def _sign_on() -> Screen:
    screen = SignOnScreen()
    screen.show_officers(OFFICERS, "latihan-2020")
    return screen


def _home() -> Screen:
    screen = HomeScreen()
    screen.show_counts({Shelf.WAITING: 12})
    screen.show_lines(Shelf.WAITING, [VisitLine("1", same("A-001"), Text("menunggu", "waiting"))])
    return screen


def _hand_over() -> Screen:
    screen, sealed = HandOverScreen(), Text("disegel", "sealed")
    screen.show_found([VisitLine("1", same("A-001"), sealed), VisitLine("2", same("A-002"), sealed)])
    screen.show_visit(LONG_NAME, Text("Sudah diserahkan.", "Handed over already."))
    screen.show_card(Text("Kartu baru terbaca.", "The new card was read."))
    return screen


def _read_back() -> Screen:
    screen = ReadBackScreen()
    screen.show_lines([(Text("Nama", "Name"), LONG_NAME)] * 9)
    screen.want_reason(Text("NIK memuat tanggal lahir lain.", "The NIK holds another date of birth."))
    return screen


def _items(definition: ProtocolDefinition) -> list[ItemState]:
    subjects = {Subject.DEVICE: ("fingerprint/1", "signature_pad/2"), Subject.OFFICER: ("petugas",)}
    return [
        ItemState(item, subject, Mark.MISSING)
        for item in definition.items
        for subject in subjects.get(item.subject, ("visit",))
    ]


def _screening(protocol: str) -> Screen:
    screen, items = ScreeningScreen(), _items(builtin(protocol))
    about = {each.subject: NAMES[each.subject.partition("/")[0]] for each in items if "/" in each.subject}
    screen.show_items(items, about, {}, thermometer=True)
    screen.show_verdict(Text("Masih 8.", "8 left."), Text("Berikutnya", "Next"), "info", same("OK"), enabled=False)
    return screen


def _picture() -> QImage:
    image = QImage(300, 400, QImage.Format.Format_RGB32)
    image.fill(0x406080)
    return image


def _portrait_live() -> Screen:
    screen = PortraitScreen()
    screen.cloth.show_cloth("orange")
    screen.show_tries(2, 3)
    screen.show_automatic(on=True)
    screen.show_attempts([AttemptView(1, _picture(), good=False, chosen=False)])
    return screen


def _portrait_still() -> Screen:
    screen = PortraitScreen()
    screen.show_attempts([AttemptView(n, _picture(), good=n > 1, chosen=n == 3) for n in (1, 2, 3)])
    screen.show_still(
        _picture(),
        [SENTENCES["portrait.background_colour"], SENTENCES["portrait.glare"]],
        ready=False,
        theirs=True,
        may_retake=False,
    )
    return screen


def _fingers() -> Screen:
    screen = FingerprintsScreen()
    screen.show_hands({}, 3, complete=False)
    screen.show_wish(Text("Letakkan: Jari tengah kanan", "Place: Right middle"))
    screen.show_finger(FingerPosition.RIGHT_MIDDLE, 40, 20, (2, 3), Text("Tergeser: diam", "Smeared: still"))
    screen.offer(FingerPosition.RIGHT_MIDDLE, excepted=False, may_except=True)
    screen.offer_hands(offered=True, taken=False)
    screen.show_print(None)
    return screen


def _paper() -> Screen:
    screen = PaperScreen("receipt", Text("Tanda terima", "Receipt"), Text("Lanjut", "Go on"), Text("Ambil", "Collect"))
    screen.show_loud(Text("Kamis, 26 November 2020", "Thursday, 26 November 2020"), Text("Loket", "Counter"))
    screen.show_facts([(Text("Nama", "Name"), LONG_NAME)] * 4)
    screen.offer_paper(offered=True)
    return screen


def _approval() -> Screen:
    screen = ApprovalScreen()
    screen.show_kind(automatic=False, approved=False)
    return screen


def _queue() -> Screen:
    """Two recordings wait, one of them is open, with what stands out in it."""
    screen, clean, low = QueueScreen(), Chip(Text("Bersih", "Clean"), "good"), Chip(Text("Mutu", "Quality"), "caution")
    waits, print_ = Text("2 jam 5 mnt", "2 h 5 min"), Text("Telunjuk kanan", "Right index")
    lines = [QueueLine(str(n), f"A-00{n}", "M••• S•••   327301••••••0001", waits, (clean, low)) for n in (1, 2)]
    screen.show_lines(lines, "2", 2, 1)
    portraits = [
        ShotView(f"queue.portrait{n}", Text("Pas foto", "Portrait"), _picture(), Text("foto", "photo"), used=n == 2)
        for n in (1, 2)
    ]
    biodata = ((Text("Nama", "Name"), LONG_NAME),) * 9
    remark = (Text("Foto 1 dipaksakan.", "Portrait 1 was forced."),)
    screen.show_record(RecordView("A-002", LONG_NAME.id, (clean, low), biodata, remark, tuple(portraits), ()))
    prints = {
        each: [ShotView(f"queue.finger{int(each)}", print_, _picture(), Text("mutu 61", "score 61"), used=True)]
        for each in list(FingerPosition)[:9]
    }
    screen.show_prints(prints, {FingerPosition.LEFT_LITTLE: Text("Bekas luka", "Scars")})
    screen.allow(approve=APPROVE, may_return=True)
    return screen


def _setup_keys(vault: VaultName) -> Screen:
    screen = KeysScreen(Path("/var/lib/ktpel"))
    screen.offer((VaultFound(VaultName.PASSPHRASE, ""), VaultFound(VaultName.TPM, "keys.no_tpm")))
    screen._choose(vault.value)
    screen.wrong({"again": "setup.differs", "unprotected": "setup.unprotected", "data_dir": "setup.data_there"})
    return screen


def _setup_devices() -> Screen:
    screen = DevicesScreen()
    for slot, line in screen._lines.items():
        line.driver.choose(drivers(slot)[0])
        screen.offer(slot, [Found("/dev/ttyUSB0", "FT232R (ttyUSB0)")])
        screen.say(slot, SENTENCES["setup.untried"], "danger")
    return screen


def _setup_summary() -> Screen:
    screen = SummaryScreen()
    screen.show_lines([(Text("Nama", "Name"), LONG_NAME)] * 16)
    screen.file.say(Text("Ditulis ke /etc/a", "Will be written to /etc/a"))
    return screen


def _setup_wrong(screen: WizardScreen, code: str) -> Screen:
    screen.wrong(dict.fromkeys(screen.fields, code))
    return screen


SCREENS: dict[str, Callable[[], Screen]] = {
    "sign_on": _sign_on,
    "clock fault": _clock_fault,
    "first_officers": FirstOfficersScreen,
    "home": _home,
    "hand over": _hand_over,
    "identify": IdentifyScreen,
    "read_back": _read_back,
    **{f"screening {each}": partial(_screening, each) for each in builtin_ids()},
    "portrait live": _portrait_live,
    "portrait still": _portrait_still,
    "fingerprints": _fingers,
    "signature": SignatureScreen,
    "review": ReviewScreen,
    "paper": _paper,
    "approval": _approval,
    "queue": _queue,
    "sealed": SealedScreen,
    "set-up office": lambda: _setup_wrong(OfficeScreen(), "setup.code"),
    "set-up pick-up": lambda: _setup_wrong(PickUpScreen(), "setup.clock"),
    "set-up certificates": lambda: _setup_wrong(CertificatesScreen(), "packet.recipient_untrusted"),
    "set-up passphrase": partial(_setup_keys, VaultName.PASSPHRASE),
    "set-up bare file": partial(_setup_keys, VaultName.FILE),
    "set-up devices": _setup_devices,
    "set-up summary": _setup_summary,
}
SAME = frozenset({"NIK", "RT", "RW", "WNI", "Operator", "—", "°C", "OK", "0 %"})
"""Words that are the same in both languages; names, numbers and codes are told by their shape."""


@pytest.fixture(params=SCREENS)
def screen(request: pytest.FixtureRequest, window: MainWindow) -> Screen:
    """In its place in the window, with the rail and the devices beside it."""
    made = SCREENS[request.param]()
    window.rail.setVisible(made.objectName() not in {"sign_on", "first_officers", "home", "start_fault", "queue"})
    window.devices.show_slots(tuple(NAMES))
    window.devices.setVisible(made.objectName() != "queue" and not made.objectName().startswith("setup_"))
    window.show_screen(made)
    _settle(window)
    return made


def _settle(window: MainWindow) -> None:
    """Lay out and paint what was asked for."""
    window.grab()
    QApplication.sendPostedEvents()
    window.grab()


def _interactive(root: QWidget) -> list[QWidget]:
    kinds = (QAbstractButton, QLineEdit, QComboBox, QListWidget)
    return [w for kind in kinds for w in root.findChildren(kind) if w.isVisible()]


def test_everything_that_is_pressed_or_typed_in_has_a_name(screen: Screen) -> None:
    assert _interactive(screen)
    assert [w.objectName() or type(w).__name__ for w in _interactive(screen) if not w.accessibleName()] == []
    assert [type(w).__name__ for w in _interactive(screen) if not w.objectName()] == []


def test_everything_that_is_pressed_has_room_for_a_finger(screen: Screen) -> None:
    small = [(w.objectName(), w.width(), w.height()) for w in _interactive(screen) if min(w.width(), w.height()) < 48]
    assert small == []


@pytest.mark.parametrize("language", ["id", "en"])
def test_nothing_is_cut_off(screen: Screen, window: MainWindow, language: str) -> None:
    window.speak("en" if language == "en" else "id")
    _settle(window)
    assert window.size() == QSize(1280, 800), "the screen asks for more room than there is"
    cut = []
    worded: list[QLabel | QAbstractButton] = [*screen.findChildren(QLabel), *screen.findChildren(QAbstractButton)]
    for widget in worded:
        if not widget.isVisible() or not widget.text():
            continue
        wrapped = isinstance(widget, QLabel) and widget.wordWrap()
        wanted = widget.sizeHint()
        needed = QSize(0, widget.heightForWidth(widget.width())) if wrapped else wanted
        if widget.width() < needed.width() or widget.height() < needed.height():
            cut.append((widget.objectName(), widget.text(), widget.size().toTuple(), needed.toTuple()))
    assert cut == []


def test_everything_stays_inside_the_window(screen: Screen, window: MainWindow) -> None:
    room = window.rect()
    outside = [
        w.objectName()
        for w in _interactive(screen)
        if not room.contains(w.rect().translated(w.mapTo(window, w.rect().topLeft()) - w.rect().topLeft()))
    ]
    assert outside == []


def _said(root: QWidget) -> dict[str, str]:
    """Every visible word, by where it stands."""
    found: dict[str, str] = {}
    for number, widget in enumerate(root.findChildren(QWidget)):
        if not widget.isVisible():
            continue
        if isinstance(widget, QLabel | QAbstractButton):
            found[f"{number} text"] = widget.text()
        if isinstance(widget, QComboBox):
            found[f"{number} empty"] = widget.placeholderText()
        if isinstance(widget, QListWidget):
            found |= {f"{number} line {i}": widget.item(i).text() for i in range(widget.count())}
        if _spoken(widget):
            found[f"{number} name"] = widget.accessibleName()
    return {where: words for where, words in found.items() if words}


def _spoken(widget: QWidget) -> bool:
    return isinstance(widget, QAbstractButton | QLineEdit | QComboBox | QListWidget) or not isinstance(widget, QLabel)


def test_no_word_is_left_in_the_other_language(screen: Screen, window: MainWindow) -> None:
    indonesian = _said(screen)
    window.speak("en")
    english = _said(screen)
    window.speak("id")
    assert _said(screen) == indonesian
    assert indonesian.keys() == english.keys()
    left = {
        words
        for where, words in indonesian.items()
        if english[where] == words and words.replace("&", "") not in SAME and any(c.islower() for c in words)
    }
    names = {"Rina", "Budi", LONG_NAME.id, "latihan-2020"}
    assert {words for words in left if not any(name in words for name in names)} == set()


def test_one_primary_button_and_no_letter_for_two(screen: Screen, window: MainWindow) -> None:
    for language in ("id", "en"):
        window.speak("en" if language == "en" else "id")
        buttons = [b for b in screen.findChildren(QAbstractButton) if b.isVisible()]
        assert sum(b.property("role") == "primary" for b in buttons) == 1
        around = [b for b in window.findChildren(QAbstractButton) if b.isVisible()]
        letters = [b.text()[b.text().index("&") + 1].lower() for b in around if "&" in b.text()]
        assert sorted(letters) == sorted(set(letters)), f"{language}: {letters}"


def test_tab_reaches_everything_and_never_leaves_the_way(screen: Screen) -> None:
    wanted = {w.objectName() for w in _interactive(screen) if w.isEnabled()}
    start = screen.first() or _interactive(screen)[0]
    seen: set[str] = set()
    widget: QWidget | None = start
    for _ in range(300):
        assert widget is not None
        widget = widget.nextInFocusChain()
        assert widget is not None
        if widget.isVisible() and widget.isEnabled() and screen.isAncestorOf(widget):
            seen.add(widget.objectName())
    assert wanted - seen == set()


def test_nothing_is_chosen_beforehand(window: MainWindow) -> None:
    for make in SCREENS.values():
        made = make()
        window.show_screen(made)
        if made.objectName() in {"home", "setup_devices"}:
            continue  # a list is always the one of its shelf; a new station has no device until one is chosen
        assert [s.objectName() for s in made.findChildren(Segments) if s.value] == []
        assert [c.objectName() for c in made.findChildren(Choice) if c.value] == []


def test_a_typed_temperature_is_recorded_and_an_empty_one_measured(window: MainWindow) -> None:
    screen = _screening("emergency-2020")
    assert isinstance(screen, ScreeningScreen)
    window.show_screen(screen)
    asked: list[tuple[object, ...]] = []
    screen.reading.connect(lambda *told: asked.append(told))
    line = screen.lines["applicant_temperature", "visit"]
    assert line.item.kind is Kind.TEMPERATURE
    assert isinstance(line.control, QLineEdit)
    assert line.button is not None
    line.button.click()
    line.control.setText("36,8")
    line.button.click()
    assert [told[2] for told in asked] == [None, 36.8]


CHALLENGE = approving.ChallengeTold("A-001", "7K3Q-F9XR-T2C", Text("Tidak ada.", "Nothing."), "a1b2-c3d4")
FORMS: dict[str, Callable[[QWidget], FormDialog]] = {
    "park": questions.park,
    "cancel": questions.cancel,
    "approver": lambda parent: questions.approver(parent, OFFICERS, Text("Disetujui oleh", "Approved by")),
    "force": lambda parent: questions.force_portrait(parent, OFFICERS),
    "hand_over_again": lambda parent: questions.hand_over_again(parent, OFFICERS),
    "more": lambda parent: questions.more_portraits(parent, OFFICERS),
    "exception": lambda parent: questions.except_finger(parent, FingerPosition.LEFT_RING, OFFICERS),
    "cannot_sign": lambda parent: questions.cannot_sign(parent, OFFICERS, THUMB_LATER),
    "send_back": lambda parent: questions.send_back(parent, OFFICERS),
    "approve_here": lambda parent: questions.approve_here(parent, OFFICERS),
    "approve": lambda parent: approving.approve(parent, "A-001", [Text("Mutu rendah 2", "Low quality 2")]),
    "approve_clean": lambda parent: approving.approve_clean(parent, 12),
    "ask_code": lambda parent: approving.ask_code(parent, "A-001"),
    "redeem_code": lambda parent: approving.redeem_code(parent, CHALLENGE),
    "answer_code": lambda parent: approving.answer_code(parent, "a1b2-c3d4"),
    "share_key": lambda parent: approving.share_key(parent, ""),
    "take_key": lambda parent: approving.take_key(parent, OFFICERS),
    "return": lambda parent: approving.send_back(parent, "A-001"),
    "protocol": lambda parent: questions.decide_protocol(parent, [builtin(p) for p in builtin_ids()], OFFICERS),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_asks_for_everything_before_anything_is_done(window: MainWindow, name: str) -> None:
    form = FORMS[name](window)
    submitted: list[bool] = []
    form.submitted.connect(lambda: submitted.append(True))
    form.open()
    assert [w.objectName() for w in _interactive(form) if not w.accessibleName()] == []
    assert [w.objectName() for w in _interactive(form) if w.height() < 48] == []
    form.primary.click()
    problem = form.findChild(Label, f"{name if name != 'protocol' else 'decide_protocol'}.problem")
    assert problem is not None
    assert problem.text()
    assert submitted == []
    form.busy(True)
    form.reject()
    assert form.isVisible(), "Esc while something is being done"
    form.busy(False)
    form.reject()
    assert not form.isVisible()


def test_making_a_screen_shows_no_window_of_its_own(window: MainWindow) -> None:
    """A part that is shown before it has a parent flashes up as a window and takes the keyboard away."""

    class Watch(QObject):
        shown: ClassVar[list[str]] = []

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                self.shown.append(f"{type(watched).__name__} {watched.objectName()}")
            return False

    watch, application = Watch(), QApplication.instance()
    assert application is not None
    application.installEventFilter(watch)
    try:
        for make in SCREENS.values():
            window.show_screen(make())
    finally:
        application.removeEventFilter(watch)
    assert watch.shown == []
