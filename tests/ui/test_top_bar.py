"""The bar at the top, however long the names are: nothing overlaps, nothing is cut, what yields is told on pointing."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from ui.language import Language, Text
from ui.widgets.text import Elided
from ui.window import MainWindow

SHORT = ("Loket 1", "Disdukcapil", "Rina")
LONG = (
    "Loket Keliling Kecamatan Teluk Pandan dan Sangatta Utara 12",
    "Dinas Kependudukan dan Pencatatan Sipil Kabupaten Kutai Timur, Unit Pelayanan Terpadu Kecamatan Sangatta Selatan",
    "Raden Ajeng Contoh Melati Khatulistiwa Sejati Nusantara, S.Kom.",
)
DECIDERS = ("penyelia.pertama.kabupaten", "penyelia.kedua.kabupaten")
TITLE = Text("Adaptasi kebiasaan baru (pandemi 2020)", "Adaptation to new habits (pandemic of 2020)")


def _place(widget: QWidget, within: QWidget) -> QRect:
    return QRect(widget.mapTo(within, widget.rect().topLeft()), widget.size())


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("size", [(1280, 720), (1024, 768)], ids=["1280x720", "1024x768"])
@pytest.mark.parametrize("names", [SHORT, LONG], ids=["short", "long"])
def test_no_words_in_the_bar_overlap_or_are_cut(
    window: MainWindow, names: tuple[str, str, str], size: tuple[int, int], language: Language
) -> None:
    station, office, officer = names
    bar = window.top
    window.speak(language)
    bar.show_station(station, office, practice=True)
    bar.show_officer(officer, Text("Penyelia", "Supervisor"))
    bar.show_protocol(TITLE, DECIDERS)
    window.resize(*size)
    window.grab()
    QApplication.sendPostedEvents()
    assert (window.width(), window.height()) == size, "the window asks for more room than there is"
    worded: list[QLabel | QPushButton] = [*bar.findChildren(QLabel), *bar.findChildren(QPushButton)]
    seen = [each for each in worded if each.isVisible() and each.text()]
    assert len(seen) == 10
    places = {each.text(): _place(each, bar) for each in seen}
    assert [words for words, place in places.items() if not bar.rect().contains(place)] == []
    assert [(a, b) for a, b in combinations(places, 2) if places[a].intersects(places[b])] == []
    for each in seen:
        if isinstance(each, Elided):
            assert each.toolTip() == ("" if each.shown == each.text() else each.text())
            assert len(each.shown) > 8 or each.shown == each.text(), f"nothing is left of {each.text()}"
        else:
            assert each.width() >= each.sizeHint().width(), each.text()
    if names is SHORT:
        assert bar.officer.shown == officer


def test_a_name_that_has_room_again_is_shown_whole(window: MainWindow) -> None:
    bar = window.top
    bar.show_station(LONG[0], LONG[1], practice=False)
    window.resize(1024, 768)
    window.grab()
    assert bar.office.shown.endswith("…")
    bar.show_station("Loket 1", "Disdukcapil", practice=False)
    window.grab()
    assert bar.office.shown == "Disdukcapil"
    assert bar.office.toolTip() == ""
