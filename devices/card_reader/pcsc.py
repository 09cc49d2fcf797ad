"""Driver for PC/SC readers: the same calls on Windows and with pcsc-lite on Linux.

What waits for cards and what talks to them are kept apart. The slot's thread watches the reader by a context of its
own. Each talk with a card gets a thread, a context and the card for itself alone, and gives back all three at its end:
SCardTransmit has no timeout, nothing but the card's going ends it, and a card that falls silent in the middle
then takes only its talk with it, not the station.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final, Generic, TypeVar

from smartcard import scard

from devices.card_reader import CardEvent, CardEventKind, CardReader
from devices.card_reader.access_module import AccessModule, GuardedFile, no_access_module, read_guarded
from devices.card_reader.apdu import Transmit
from devices.card_reader.ktpel import Progress, identify, read_photo, read_uid
from devices.card_reader.pcsc_errors import DENIED, SHARING_VIOLATION, TIMEOUT, card_error, mute, unsigned
from devices.card_reader.piv import OfficerProof, SigningRequest, prove
from devices.card_reader.record import CardRecord
from devices.device import DeviceInfo, SelfTestResult
from devices.errors import (
    CaptureCancelledError,
    DeviceError,
    DeviceLostError,
    DriverBugError,
    OperatorCanMendError,
    PersonCanRetryError,
    Remedy,
)
from devices.gate import CaptureGate
from devices.transport import Deadline

T = TypeVar("T")

SERVICE_VARIABLE: Final = "PCSCLITE_CSOCK_NAME"
ARRIVALS: Final = "\\\\?PnP?\\Notification"
"""A name that is no reader's: its state changes when readers come or go."""
SLICE_S: Final = 0.1
"""Longest single wait: how soon a cancel from another thread is noticed."""
ANSWER_S: Final = 5.0
GRACE_S: Final = 0.3
"""How long a talk that is to end may take to notice."""
SHARE_WAIT_S: Final = 1.0
"""How long others may keep the card: Windows itself looks at every new one for its certificates."""
SHARE_PAUSE_S: Final = 0.05
DYING_S: Final = 0.1
"""After that a service that closed a new session, and did not refuse it, is there no longer."""

_choosing = threading.Lock()
_library_has_asked = False
"""The client library reads its variable once a process, at the first context."""


class PcscReader(CardReader):
    """One slot of a reader.

    Args:
        slot: its place at the station.
        gate: decides what may be acquired.
        reader: part of the reader's name, in any case of letters; empty = the first one.
        service: path of the pcsc-lite service's socket where it is not the system's own; one a process. No effect
            on Windows.
        answer_s: seconds in which a card must answer a command.
        access_module: opens guarded files; None where none is fitted.
        simulated: the other end is a simulator; everything read is marked so.
    """

    def __init__(
        self,
        slot: str,
        gate: CaptureGate,
        reader: str = "",
        *,
        service: str | None = None,
        answer_s: float = ANSWER_S,
        access_module: AccessModule | None = None,
        simulated: bool = False,
    ) -> None:
        super().__init__(slot, gate)
        self._wanted = reader
        self._service = service
        self._answer_s = answer_s
        self._access_module = access_module
        self._simulated = simulated
        self._in_use = threading.Lock()
        """Held for one slice at most, so that a closing thread never pulls the context from under a wait."""
        self._context: int | None = None
        self._name = ""
        self._state = scard.SCARD_STATE_UNAWARE
        self._arrivals = scard.SCARD_STATE_UNAWARE
        self._present = False
        self._stuck: _Talk[Any] | None = None

    def is_back(self) -> bool:
        """Whether the closed reader can be seen by the service."""
        if self._stuck is not None and not self._stuck.ended(0):
            return False
        try:
            context = _establish(self._service, opening=True)
        except DeviceError:
            return False
        try:
            return bool(self._among(_readers(context)))
        except DeviceError:
            return False
        finally:
            scard.SCardReleaseContext(context)

    def _do_open(self) -> DeviceInfo:
        self._refuse_stuck()
        context = _establish(self._service, opening=True)
        with self._in_use:
            self._context = context
        names = _readers(context)
        found = self._among(names)
        if not found:
            raise OperatorCanMendError("card_reader.no_reader", f"{self._wanted!r} is none of {names}")
        self._name = found[0]
        self._state = self._arrivals = scard.SCARD_STATE_UNAWARE
        self._present = False
        self._look(0.0)
        serial, maker, firmware = _identity(context, self._name)
        return DeviceInfo(
            kind=self.kind,
            maker=maker or "PC/SC",
            model=self._name,
            serial=serial or f"port:{self._name}",
            firmware=firmware,
            simulated=self._simulated,
            properties={"port": self._name, "readers": ", ".join(names)},
        )

    def _do_close(self) -> None:
        with self._in_use:
            context, self._context = self._context, None
        if context is not None:
            scard.SCardReleaseContext(context)
        if self._stuck is not None and self._stuck.ended(GRACE_S):
            self._stuck = None  # else it ends when the card, the reader or the service goes, and cleans up by itself

    def _do_watch(self) -> None:
        self._look(0.0)

    def _do_self_test(self) -> SelfTestResult:
        began = time.monotonic()
        state, _ = self._look(0.0)
        answer_ms = 1000 * (time.monotonic() - began)
        silent = bool(state & scard.SCARD_STATE_MUTE)
        card = "mute" if silent else "present" if state & scard.SCARD_STATE_PRESENT else "absent"
        return SelfTestResult(not silent, (("answer", True, f"{answer_ms:.1f} ms"), ("card", not silent, card)))

    def _do_wait_event(self, timeout_s: float) -> CardEvent | None:
        deadline = Deadline(timeout_s)
        while True:
            if self._cancelled.is_set():
                raise CaptureCancelledError("capture.cancelled")
            event = self._note(*self._look(min(SLICE_S, deadline.remaining)))
            if event is not None or deadline.expired:
                return event

    def _do_read_uid(self) -> bytes:
        return self._talk(identify)

    def _do_read_photo(self, progress: Progress) -> bytes:
        return self._talk(lambda transmit: read_photo(transmit, progress))

    def _do_read_guarded(self, file: GuardedFile) -> bytes:
        module = self._access_module
        if module is None:
            raise no_access_module()
        return self._talk(lambda transmit: read_guarded(transmit, read_uid(transmit), module, file))

    def _do_officer_proof(self, pin: str, prepare: Callable[[bytes], SigningRequest]) -> OfficerProof:
        return self._talk(partial(prove, pin=pin, prepare=prepare))

    def _among(self, names: list[str]) -> list[str]:
        return [name for name in names if self._wanted.casefold() in name.casefold()]

    def _look(self, wait_s: float) -> tuple[int, bytes]:
        """The reader's state and the card's answer to reset, as soon as the state is not the noted one."""
        with self._in_use:
            if self._context is None:
                raise DeviceLostError("card_reader.closed", self.slot)
            noted = [(self._name, self._state), (ARRIVALS, self._arrivals)]
            result, states = scard.SCardGetStatusChange(self._context, int(1000 * wait_s), noted)
        if unsigned(result) != TIMEOUT:
            _check(result, "SCardGetStatusChange")
        (_, state, atr), (_, arrivals, _) = states
        self._arrivals = arrivals & ~scard.SCARD_STATE_CHANGED
        if state & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE | scard.SCARD_STATE_IGNORE):
            raise DeviceLostError("card_reader.lost", self._name)
        return state, bytes(atr)

    def _note(self, state: int, atr: bytes) -> CardEvent | None:
        """Remember the state; tell whether a card has come or gone. The upper half counts comings and goings."""
        before, was_present = self._state, self._present
        self._state = state & ~scard.SCARD_STATE_CHANGED
        self._present = bool(state & scard.SCARD_STATE_PRESENT)
        if self._present and (not was_present or before >> 16 != state >> 16):
            return CardEvent(CardEventKind.INSERTED, self._name, atr)
        if was_present and not self._present:
            return CardEvent(CardEventKind.REMOVED, self._name)
        return None

    def _talk(self, script: Callable[[Transmit], T]) -> T:
        """Let a talk run, and give up on it when it is cancelled or its card is silent."""
        self._refuse_stuck()
        if self._cancelled.is_set():
            raise CaptureCancelledError("capture.cancelled")
        talk = _Talk(self._name, self._service, script, self.record)
        while not talk.ended(SLICE_S):
            reason: DeviceError
            if self._cancelled.is_set():
                reason = CaptureCancelledError("capture.cancelled")
            elif self._context is None:
                reason = DeviceLostError("card_reader.closed", self.slot)
            elif talk.silent_s > self._answer_s:
                reason = mute()
            else:
                continue
            talk.give_up()
            self._stuck = None if talk.ended(GRACE_S) else talk
            raise reason
        return talk.result()

    def _refuse_stuck(self) -> None:
        if self._stuck is not None:
            if not self._stuck.ended(GRACE_S):
                raise mute()
            self._stuck = None


class _Talk(Generic[T]):
    """One exchange with one card, begun at once on a thread of its own, which nobody else's calls wait for.

    The thread does not keep the program from ending: where the card stays silent, only the system ends it.
    """

    def __init__(self, reader: str, service: str | None, script: Callable[[Transmit], T], record: CardRecord) -> None:
        self._reader = reader
        self._service = service
        self._script = script
        self._record = record
        self._given_up = threading.Event()
        self._heard_at = time.monotonic()
        self._results: list[T] = []
        self._error: BaseException = DriverBugError("card_reader.talk_died")
        self._thread = threading.Thread(target=self._run, name=f"card talk {reader}", daemon=True)
        self._thread.start()

    @property
    def silent_s(self) -> float:
        """Seconds since the last sign of life."""
        return time.monotonic() - self._heard_at

    def give_up(self) -> None:
        """Say nothing more to the card; a command on its way is still waited for, by this thread alone."""
        self._given_up.set()

    def ended(self, wait_s: float) -> bool:
        """Whether it is over, and card, context and thread given back; waits up to `wait_s` seconds for that."""
        self._thread.join(wait_s)
        return not self._thread.is_alive()

    def result(self) -> T:
        """What the script returned, once ended; raises what it raised."""
        for result in self._results:
            return result
        raise self._error

    def _run(self) -> None:
        try:
            self._results.append(self._converse())
        except BaseException as error:  # noqa: BLE001 - handed over to the thread that waits for the result
            self._error = error

    def _converse(self) -> T:
        context = _establish(self._service)
        try:
            card, protocol = self._connect(context)
            try:
                return self._script(lambda apdu: self._transmit(card, protocol, apdu))
            finally:
                scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
        finally:
            scard.SCardReleaseContext(context)

    def _connect(self, context: int) -> tuple[int, int]:
        """The card for ourselves alone."""
        deadline = Deadline(SHARE_WAIT_S)
        while True:
            result, card, protocol = scard.SCardConnect(
                context,
                self._reader,
                scard.SCARD_SHARE_EXCLUSIVE,
                scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1,
            )
            self._heard_at = time.monotonic()
            if unsigned(result) != SHARING_VIOLATION or deadline.expired or self._given_up.wait(SHARE_PAUSE_S):
                denied = unsigned(result) == DENIED
                lives = denied and scard.SCardListReaders(context, [])[0] == scard.SCARD_S_SUCCESS
                _check(result, "SCardConnect", refused=lives)
                return card, protocol

    def _transmit(self, card: int, protocol: int, apdu: bytes) -> tuple[bytes, int]:
        if self._given_up.is_set():
            raise CaptureCancelledError("capture.cancelled")
        header = scard.SCARD_PCI_T0 if protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1
        began = time.monotonic()
        result, response = scard.SCardTransmit(card, header, list(apdu))
        self._heard_at = time.monotonic()
        status = response[-2] << 8 | response[-1] if len(response) >= 2 else None
        self._record.add(apdu, max(len(response) - 2, 0), status, self._heard_at - began)
        _check(result, "SCardTransmit")
        if status is None:  # pcsc-lite's success over a link that has just broken
            raise PersonCanRetryError("card_reader.unreadable", "no status word", remedy=Remedy.REPOSITION)
        return bytes(response[:-2]), status


def _establish(service: str | None, *, opening: bool = False) -> int:
    """A context of the chosen service.

    Raises:
        DriverBugError: `card_reader.second_service`, this process has begun with another one.
        DeviceError: the service is not there.
    """
    global _library_has_asked  # noqa: PLW0603 - mirrors a variable of the library that is one a process, too
    with _choosing:
        if service is not None and sys.platform != "win32" and os.environ.get(SERVICE_VARIABLE) != service:
            if _library_has_asked:
                raise DriverBugError("card_reader.second_service", service)
            os.environ[SERVICE_VARIABLE] = service
        _library_has_asked = True
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if unsigned(result) == DENIED:
        time.sleep(DYING_S)  # if it was dying, it is dead then; there is nothing that would tell
        result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    _check(result, "SCardEstablishContext", opening=opening, refused=True)
    return int(context)


def listed_readers(service: str | None = None) -> tuple[str, ...]:
    """Names of the readers' slots that are plugged in now. Raises DeviceError: no service, or no reader."""
    context = _establish(service, opening=True)
    try:
        return tuple(_readers(context))
    finally:
        scard.SCardReleaseContext(context)


def _readers(context: int) -> list[str]:
    """Names of all readers' slots. Raises DeviceError."""
    result, names = scard.SCardListReaders(context, [])
    _check(result, "SCardListReaders", opening=True)
    return [str(name) for name in names]


def _identity(context: int, reader: str) -> tuple[str, str, str]:
    """Serial number, maker and firmware, each empty where the reader does not tell it. No card is needed.

    A reader that another program keeps for itself is refused: it would get another identity than the next time.
    """
    result, handle, _ = scard.SCardConnect(context, reader, scard.SCARD_SHARE_DIRECT, scard.SCARD_PROTOCOL_UNDEFINED)
    if unsigned(result) == SHARING_VIOLATION:
        raise card_error(result, "SCardConnect", opening=True)
    if result != scard.SCARD_S_SUCCESS:
        return "", "", ""
    try:
        serial = _attribute(handle, scard.SCARD_ATTR_VENDOR_IFD_SERIAL_NO)
        maker = _attribute(handle, scard.SCARD_ATTR_VENDOR_NAME)
        version = _attribute(handle, scard.SCARD_ATTR_VENDOR_IFD_VERSION)
    finally:
        scard.SCardDisconnect(handle, scard.SCARD_LEAVE_CARD)
    number = int.from_bytes(version, sys.byteorder)  # 0xMMmmbbbb: major, minor, build (PC/SC part 3, 3.1.4)
    firmware = f"{number >> 24}.{number >> 16 & 0xFF}.{number & 0xFFFF}" if len(version) == 4 else ""
    return _text(serial), _text(maker), firmware


def _attribute(handle: int, attribute: int) -> bytes:
    result, value = scard.SCardGetAttrib(handle, attribute)
    return bytes(value) if result == scard.SCARD_S_SUCCESS else b""


def _text(value: bytes) -> str:
    return value.split(b"\0")[0].decode("ascii", "replace").strip()


def _check(result: int, during: str, *, opening: bool = False, refused: bool = False) -> None:
    if result != scard.SCARD_S_SUCCESS:
        raise card_error(result, during, opening=opening, refused=refused)
