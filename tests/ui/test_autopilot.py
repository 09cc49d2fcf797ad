"""The window, whole: one recording by input events alone, on the real services and simulated devices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import qInstallMessageHandler, qWarning
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from station.bootstrap import KEYS, build
from station.config import Settings
from station.lab.lab import Lab
from station.packet.checking import verify
from station.security.keys import KeyRing
from ui.app import open_window
from ui.autopilot import UNSUPPORTED, record, without_unsupported
from ui.widgets.text import Label

SCREENS = (
    "sign-on", "home", "identify", "read-back", "screening", "screening-passed", "portrait-live", "portrait-approval",
    "fingerprints", "fingerprints-done", "signature", "review", "receipt", "approval", "sealed",
)  # fmt: skip


@pytest.mark.timeout(180)
def test_a_recording_is_made_by_keys_and_presses_alone(qtbot: QtBot, tmp_path: Path) -> None:
    assert qtbot is not None  # its presence makes Qt's warnings fail the test
    with Lab(lifelike=False, cards=False) as lab:
        station = build(lab.settings(Settings(data_dir=tmp_path / "data")))
        lab.serve(station.prompts)
        try:
            done = record(station, tmp_path / "pictures", language="id")
        finally:
            station.stop()
    folder = station.settings.folder
    assert [path.stem.partition("-")[2] for path in done.screenshots] == list(SCREENS)
    assert done.receipt.read_bytes().startswith(b"%PDF")
    assert verify(done.packet, KeyRing.open_or_create(folder / KEYS).certificate).sha256


@pytest.mark.qt_log_ignore("the cable came off")
def test_what_a_platform_without_windows_cannot_do_is_not_said_and_all_else_is(
    qtlog: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    with without_unsupported():
        for words in (*UNSUPPORTED, "the cable came off"):
            qWarning(words)
    assert [record.message for record in qtlog.records] == ["the cable came off"]

    heard = qInstallMessageHandler(None)  # as without a test runner
    try:
        with without_unsupported():
            for words in (*UNSUPPORTED, "the cable came off again"):
                qWarning(words)
        qWarning("the run is over")
    finally:
        qInstallMessageHandler(heard)
    assert capfd.readouterr().err.splitlines() == ["the cable came off again", "the run is over"]


def test_before_anybody_signs_on_everything_pressed_has_a_name_and_room_for_a_finger(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with Lab(lifelike=False, cards=False) as lab:
        station = build(lab.settings(Settings(data_dir=tmp_path / "data")))
        opened = open_window(station)
        try:
            shown = opened.window
            qtbot.waitUntil(lambda: "officer.petugas" in _words(shown), timeout=20_000)
            pressed = [w for kind in (QAbstractButton, QLineEdit, QComboBox) for w in shown.findChildren(kind)]
            visible = [w for w in pressed if w.isVisible()]
            assert len(visible) > 4
            assert [w.objectName() for w in visible if not w.accessibleName()] == []
            assert [(w.objectName(), w.height()) for w in visible if w.height() < 44] == []
            before = _words(shown)
            shown.speak("en")
            after = _words(shown)
            assert before.keys() == after.keys()
            assert before["sign_on.title"] == "Siapa yang bertugas?"
            assert after["sign_on.title"] == "Who is serving?"
        finally:
            opened.close()
            station.stop()


def _words(window: QWidget) -> dict[str, str]:
    """What the named labels and buttons on the screen say."""
    found = {w.objectName(): w.text() for w in window.findChildren(Label) if w.isVisible() and w.objectName()}
    return found | {w.objectName(): w.text() for w in window.findChildren(QAbstractButton) if w.isVisible()}
