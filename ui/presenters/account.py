"""Whoever is signed on looks after their own account, in a dialog over any screen."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Final

from devices.device import DeviceKind
from station.domain.officer import FactorKind
from station.errors import RuleError
from ui.dialogs import account
from ui.language import Text
from ui.presenters.floor import Floor

if TYPE_CHECKING:
    from station.services.factors import FactorOffer
    from station.services.sign_on import Session

CHANGED: Final = Text("Kata sandi diganti.", "The password is changed.")
TAKEN: Final = Text("Verifikasi kedua terpasang.", "The second factor is in use.")
GIVEN_UP: Final = Text("Verifikasi kedua dilepas.", "The second factor is given up.")


class Account:
    """One dialog, from its opening to its end."""

    def __init__(self, floor: Floor, session: Session) -> None:
        self._floor = floor
        self._station = floor.station
        self._id = session.officer.id
        reader = self._station.settings.devices.card_reader
        cards = (
            DeviceKind.CARD_READER.value in self._station.bay.health()
            and reader is not None
            and reader.officer_authorities is not None
        )
        self.dialog = account.AccountDialog(floor.window, session.officer, must=session.must_enrol, cards=cards)
        self.dialog.password_asked.connect(self._ask_password)
        self.dialog.taken.connect(self._take)
        self.dialog.given_up.connect(self._ask_give_up)
        self.dialog.show_factors(frozenset())
        self.dialog.open()
        self._refresh()

    def _refresh(self) -> None:
        officer_id, factors = self._id, self._station.factors
        errand = self._floor.bridge.ask(lambda: factors.of(officer_id), self.dialog.show_factors, self._floor.tell)
        self.dialog.finished.connect(errand.forget)

    def _ask_password(self) -> None:
        officers = self._station.officers

        def change(values: dict[str, str]) -> None:
            if values["new"] != values["again"]:
                raise RuleError("password.differs")
            officers.change_password(values["password"], values["new"])

        form = account.change_password(self.dialog)
        self._floor.fill_in(form, change, lambda _: self._floor.say(CHANGED))

    def _take(self, kind: FactorKind) -> None:
        factors = self._station.factors
        if kind is FactorKind.CODE:
            form = account.take_authenticator(self.dialog)
            self._floor.fill_in(form, lambda values: factors.offer(values["password"]), self._offered)
            return

        def bind(values: dict[str, str]) -> Future[None]:
            return factors.bind_card(values["password"], values["pin"])

        self._floor.send(account.bind_card(self.dialog), bind, lambda _: self._done(TAKEN))

    def _offered(self, offer: FactorOffer) -> None:
        factors = self._station.factors
        form = account.first_code(self.dialog, offer.modules, offer.text)
        self._floor.fill_in(form, lambda values: factors.take(values["code"]), lambda _: self._done(TAKEN))

    def _ask_give_up(self, kind: FactorKind) -> None:
        factors = self._station.factors
        form = account.give_up(self.dialog, kind)
        give_up = factors.give_up
        self._floor.fill_in(form, lambda values: give_up(kind, values["password"]), lambda _: self._done(GIVEN_UP))

    def _done(self, sentence: Text) -> None:
        self._floor.say(sentence)
        self._refresh()
