"""What keeps the station from opening, told on a screen of its own with one way on; nothing is open behind it."""

from __future__ import annotations

from station.services.clock_check import ClockError
from ui.messages import code_of, sentence_of
from ui.messages.start import Deed, fault_of
from ui.presenters.floor import Floor, Presenter
from ui.screens.start_fault import StartFaultScreen


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
            case Deed.CLOSE:
                self.floor.window.close()

    def _trust(self) -> None:
        self.floor.start(trust_clock=True)
