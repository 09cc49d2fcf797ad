"""Officers' second factors: taken on, shown, given up, taken away. Whether one is right is seen to by `SignOn`."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from devices.card_reader import CardReader
from devices.device import Device, DeviceKind
from devices.errors import DeviceError
from station.device_settings import OFFICER_READER
from station.domain.officer import FactorKind, Officer, Permission
from station.errors import RuleError, StationError, WayOn
from station.services.cards import CardDesk
from station.services.chain import acquire
from station.services.counter import Counter
from station.services.proofs import CardShown, kinds_of
from station.services.sign_on import SignOn

if TYPE_CHECKING:
    from station.security.officer_card import CardIdentity


A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class FactorOffer:
    """A second factor that is not in force before its first code was shown. `repr` hides it.

    Attributes:
        uri: `otpauth://...` for a QR code.
        text: the same secret in base 32, to be typed.
        modules: of the QR code, row by row from the top; 1 is dark. Without a quiet zone.
    """

    uri: str
    text: str
    modules: tuple[bytes, ...]

    def __repr__(self) -> str:
        return "FactorOffer()"


class Factors:
    """On the desk's thread, but `bind_card` and `show_card`."""

    def __init__(self, counter: Counter, sign_on: SignOn, cards: CardDesk) -> None:
        self._counter = counter
        self._sign_on = sign_on
        self._cards = cards
        self._offered: tuple[str, bytes] | None = None

    def of(self, officer_id: str) -> frozenset[FactorKind]:
        """What this officer has; any one of them is asked for beside the password."""
        with self._counter.records.work() as work:
            return kinds_of(work, officer_id)

    # -- the authenticator

    def offer(self, password: str, code: str | None = None) -> FactorOffer:
        """A new authenticator for whoever is signed on; in force once `take` was given its first code.

        Args:
            password: their own.
            code: of the authenticator that it replaces; a card may be shown in its place.

        Raises:
            RuleError: `sign_on.needed`, and as `SignOn.sign_on`.
        """
        import segno  # noqa: PLC0415 - loaded by the few who enrol

        from station.security import one_time  # noqa: PLC0415 - as the line above

        officer = self._sign_on.confirm_fully(password, code)
        secret = one_time.new_secret()
        self._offered = officer.id, secret
        uri = one_time.as_uri(secret, officer.id, self._counter.settings.station.code)
        modules = tuple(bytes(each) for each in segno.make_qr(uri, error="m").matrix)
        return FactorOffer(uri, one_time.as_text(secret), modules)

    def take(self, code: str) -> None:
        """Put the offered authenticator in force: its first code shows that it has the secret.

        Raises:
            RuleError: `sign_on.needed`, `officer.no_factor` (none was offered), `sign_on.code_wrong`.
        """
        from station.security import one_time  # noqa: PLC0415 - loaded by the few who enrol
        from station.store.factors import SecondFactor  # noqa: PLC0415 - with the store

        officer, at = self._sign_on.officer(), self._counter.clock.now()
        offered, secret = self._offered or ("", b"")
        if offered != officer.id:
            raise RuleError("officer.no_factor")
        step = one_time.step_taken(secret, code, at, after=0)
        if step is None:
            raise RuleError("sign_on.code_wrong")
        with self._counter.records.work() as work:
            work.factors.put(officer.id, SecondFactor(secret, step), at)
            facts = {"officer": officer.id, "kind": FactorKind.CODE.value}
            work.audit.append("officer.factor_added", at=at, by=officer.id, facts=facts)
            work.commit()
        self._offered = None
        self._sign_on.enrolled()

    # -- the card

    def bind_card(self, password: str, pin: str) -> Future[None]:
        """Make the card on the reader that of whoever is signed on. From any thread.

        The future fails with:
            RuleError: `sign_on.*`; `officer_card.*`, among them `officer_card.taken`, it is another officer's.
            DeviceError: as `CardReader.officer_proof`; `PinWrongError` tells the tries left.
        """

        def keep(proved: tuple[Officer, CardIdentity]) -> None:
            from station.store.factors import CardBinding  # noqa: PLC0415 - with the store

            officer, identity = proved
            if self._sign_on.officer().id != officer.id:
                raise RuleError("sign_on.needed", way_on=WayOn.SIGN_ON)
            at = self._counter.clock.now()
            with self._counter.records.work() as work:
                work.cards.put(officer.id, CardBinding(identity.fingerprint, at, officer.id))
                facts = {"officer": officer.id, "kind": FactorKind.CARD.value, "certificate": identity.fingerprint}
                work.audit.append("officer.factor_added", at=at, by=officer.id, facts=facts)
                work.commit()
            self._sign_on.enrolled()

        return self._at_reader(
            lambda: self._sign_on.confirm_fully(password),
            lambda device, officer: (officer, self._prove(device, pin, None)),
            keep,
        )

    def show_card(self, officer_id: str, pin: str) -> Future[None]:
        """Let the card on the reader prove that it is this officer's; it counts for their next password.

        From any thread. The future fails with:
            RuleError: `officer_card.none`, the officer has none; `officer_card.*`.
            DeviceError: as `CardReader.officer_proof`; `PinWrongError` tells the tries left.
        """

        def keep(identity: CardIdentity) -> None:
            self._sign_on.show(officer_id, CardShown(identity.fingerprint, self._counter.clock.monotonic()))

        def noted(ended: Future[None]) -> None:
            error = ended.exception()
            if isinstance(error, StationError | DeviceError):
                code = error.code
                self._counter.desk.submit(lambda: self._sign_on.note_failure(officer_id, code))

        shown = self._at_reader(
            lambda: self._fingerprint(officer_id),
            lambda device, bound_to: self._prove(device, pin, bound_to),
            keep,
        )
        shown.add_done_callback(noted)
        return shown

    # -- given up, taken away

    def give_up(self, kind: FactorKind, password: str, code: str | None = None) -> None:
        """Whoever is signed on has no use for it any more; it, or the other one, is shown for the last time.

        Raises:
            RuleError: `officer.no_factor`; `officer.factor_required`, the role must have one and this is the last; and
                as `SignOn.sign_on`.
        """
        officer = self._sign_on.confirm_fully(password, code)
        kinds = self.of(officer.id)
        if kind not in kinds:
            raise RuleError("officer.no_factor")
        if len(kinds) == 1 and officer.role in self._counter.settings.officers.second_factor:
            raise RuleError("officer.factor_required", way_on=WayOn.ASK_SUPERVISOR)
        self._take_away(officer.id, frozenset({kind}), officer.id)

    def remove(self, officer_id: str, password: str) -> None:
        """One is lost: whoever manages officers takes all away, and answers with their own `password`.

        Raises:
            RuleError: `sign_on.not_allowed`, `sign_on.same_officer` (nobody takes their own away), `officer.no_factor`,
                and as `SignOn.confirm`.
        """
        if self._sign_on.allowed(Permission.MANAGE_OFFICERS).id == officer_id:
            raise RuleError("sign_on.same_officer", way_on=WayOn.ASK_SUPERVISOR)
        by, kinds = self._sign_on.confirm(password).id, self.of(officer_id)
        if not kinds:
            raise RuleError("officer.no_factor")
        self._take_away(officer_id, kinds, by)

    def _take_away(self, officer_id: str, kinds: frozenset[FactorKind], by: str) -> None:
        at = self._counter.clock.now()
        with self._counter.records.work() as work:
            for kind in sorted(kinds):
                (work.factors if kind is FactorKind.CODE else work.cards).remove(officer_id)
                facts = {"officer": officer_id, "kind": kind.value}
                work.audit.append("officer.factor_removed", at=at, by=by, facts=facts)
            work.commit()

    # -- the reader

    def _at_reader(
        self, check: Callable[[], A], take: Callable[[Device, A], B], keep: Callable[[B], None]
    ) -> Future[None]:
        """Desk, reader, desk; where applicants' cards go into the same slot, nobody waits for one meanwhile."""
        reader = self._counter.settings.devices.card_reader
        own = reader is not None and bool(reader.officer_reader)
        slot = OFFICER_READER if own else DeviceKind.CARD_READER.value
        give_back = self._cards.lend() if not own else None
        future = acquire(self._counter.desk, self._counter.bay, slot, check=check, take=take, keep=keep)
        if give_back is not None:
            future.add_done_callback(lambda _: give_back())
        return future

    def _fingerprint(self, officer_id: str) -> str:
        with self._counter.records.work() as work:
            card = work.cards.get(officer_id)
        if card is None:
            raise RuleError("officer_card.none", way_on=WayOn.ASK_SUPERVISOR)
        return card.fingerprint

    def _prove(self, device: Device, pin: str, bound_to: str | None) -> CardIdentity:
        """On the reader's thread."""
        from station.security.officer_card import OfficerCard, load_authorities  # noqa: PLC0415 - loaded with a card

        assert isinstance(device, CardReader)
        settings = self._counter.settings.devices.card_reader
        path = settings.officer_authorities if settings is not None else None
        if path is None:
            raise StationError("officer_card.no_authority", WayOn.CHECK_SETTINGS)
        roots, between = load_authorities(path)
        return OfficerCard(roots, self._counter.clock, between).sign_on(device, pin, bound_to=bound_to)
