"""The line on the lists for whoever looks after the station: backups, and packets that are not well."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from station.config import KeysSection, Settings
from station.services.keys import PACKETS
from tests.support.offices import office_files
from tests.ui.conftest import Practice, practice
from ui.presenters.home import HomePresenter


def said(counter: Practice, name: str) -> str:
    label = counter.find(name)
    assert isinstance(label, QLabel)
    return label.text()


def home(counter: Practice) -> HomePresenter:
    presenter = counter.opened.conductor._presenters[HomePresenter]
    assert isinstance(presenter, HomePresenter)
    return presenter


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    certificate, _ = office_files(tmp_path)
    return Settings(data_dir=tmp_path / "data", keys=KeysSection(office_certificate=certificate))


def test_a_supervisor_backs_up_and_sees_what_is_not_well_and_an_operator_neither(
    qtbot: QtBot, tmp_path: Path, settings: Settings
) -> None:
    packets = tmp_path / "data" / "practice" / PACKETS
    packets.mkdir(parents=True)
    (packets / "STASIUN-01-20200504-A-009.ktpel").write_bytes(b"nobody's")
    stick = tmp_path / "stick"
    stick.mkdir()
    with practice(qtbot, settings) as counter:
        counter.sign_on("petugas")
        assert not home(counter).screen.care.isVisible()
        counter.opened.conductor.sign_off()
        counter.see("sign_on")
        counter.sign_on("penyelia")
        counter.until(lambda: said(counter, "home.care.backup") == "Belum pernah dicadangkan")
        assert said(counter, "home.care.packets") == "1 berkas paket bermasalah"
        home(counter)._care.make(str(stick))
        counter.until(lambda: "Cadangan selesai" in counter.window.message.sentence.text())
        assert said(counter, "home.care.backup").startswith("Cadangan terakhir: ")
        assert len(list(stick.iterdir())) == 1
        stick.rename(tmp_path / "pulled")
        home(counter)._care.make(str(stick))
        counter.until(lambda: "Disk cadangan tidak dapat ditulis" in counter.window.message.sentence.text())
        home(counter)._care._tell_packets()
        form = counter.find("wrong_packets")
        assert any("Berkas ini bukan milik" in each.text() for each in form.findChildren(QLabel))
        form.close()
