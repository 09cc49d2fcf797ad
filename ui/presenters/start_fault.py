"""What keeps the station from opening, told on a screen of its own with one way on; nothing is open behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QFileDialog

from station.errors import StationError
from station.services.clock_check import ClockError
from ui.language import Text, language_of, same
from ui.messages import code_of, sentence_of
from ui.messages.start import Deed, fault_of
from ui.presenters.floor import Floor, Presenter
from ui.screens.start_fault import StartFaultScreen

SUFFIX: Final = ".ktpel-backup"
BACKUP: Final = Text("Berkas cadangan", "The backup")
KEY: Final = Text("Kunci kantor", "The office's key")


class StartFaultPresenter(Presenter[StartFaultScreen]):
    """Begins again, or ends the program."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self.screen = StartFaultScreen()
        self._deed = Deed.RETRY
        self.screen.went_on.connect(self._go_on)
        self.screen.clock_trusted.connect(self._trust)

    def show(self, error: BaseException) -> None:
        """What is the matter."""
        code = code_of(error)
        fault = fault_of(code, error)
        self._deed = fault.deed
        detail = getattr(error, "detail", "")
        self.screen.show_fault(fault, sentence_of(error), f"{code} · {detail}" if detail else code)
        if isinstance(error, ClockError):
            self.screen.show_clock(self.floor.local(error.now), self.floor.local(error.newest))

    def _go_on(self) -> None:
        match self._deed:
            case Deed.RETRY:
                self.floor.start()
            case Deed.RESTORE:
                self._choose(BACKUP, f"*{SUFFIX}", self._choose_key)
            case Deed.CLOSE:
                self.floor.window.close()

    def _choose(self, title: Text, pattern: str, then: Callable[[str], None]) -> None:
        language = language_of(self.screen)
        dialog = QFileDialog(self.screen, title.in_language(language), str(Path.home()), pattern)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(then)
        dialog.open()

    def _choose_key(self, backup: str) -> None:
        self._choose(KEY, "*.pem", lambda key: self.restore(backup, key))

    def restore(self, backup: str, key: str) -> None:
        """Put that backup in place with the office's key, and open the station."""
        self.screen.busy(True)
        self.floor.bridge.watch(self.station.restore(Path(backup), Path(key)), self._restored, self._refused)

    def _restored(self, _: object) -> None:
        self.screen.busy(False)
        self.floor.start()

    def _refused(self, error: BaseException) -> None:
        self.screen.busy(False)
        self.screen.cause.say(sentence_of(error))
        self.screen.detail.say(same(str(error)) if isinstance(error, StationError) else None)

    def _trust(self) -> None:
        self.floor.start(trust_clock=True)
