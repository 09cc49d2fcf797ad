"""Driver for PC/SC readers: the same calls on Windows and with pcsc-lite on Linux.

What waits for cards and what talks to them are kept apart (see `talk`). The slot's thread watches the reader by a
context of its own.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

from smartcard import scard

from devices.card_reader import CardEvent, CardEventKind, CardReader
from devices.card_reader.access_module import AccessModule, GuardedFile, no_access_module, read_guarded
from devices.card_reader.apdu import Transmit
from devices.card_reader.ktpel import Progress, identify, read_photo, read_uid
from devices.card_reader.pcsc_errors import SHARING_VIOLATION, TIMEOUT, card_error, check, mute, unsigned
from devices.card_reader.piv import OfficerProof, SigningRequest, prove
from devices.card_reader.talk import Talk, Talker, establish
from devices.device import DeviceInfo, SelfTestResult
from devices.errors import (
    CaptureCancelledError,
    DeviceError,
    DeviceLostError,
    OperatorCanMendError,
)
from devices.gate import CaptureGate
from devices.transport import Deadline

T = TypeVar("T")

ARRIVALS: Final = "\\\\?PnP?\\Notification"
"""A name that is no reader's: its state changes when readers come or go."""
SLICE_S: Final = 0.1
"""Longest single wait: how soon a cancel from another thread is noticed."""
ANSWER_S: Final = 5.0
GRACE_S: Final = 0.3
"""How long a talk that is to end may take to notice."""


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
        self._talker: Talker | None = None
        self._stuck: Talker | None = None

    def is_back(self) -> bool:
        """Whether the closed reader can be seen by the service."""
        if self._stuck is not None and not self._stuck.gone(0):
            return False
        try:
            context = establish(self._service, opening=True)
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
        context = establish(self._service, opening=True)
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
        self._talker = Talker(self._name, self._service)
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
        talker, self._talker = self._talker, None
        if talker is not None:
            talker.retire()
            talker.gone(GRACE_S)
        if self._stuck is not None and self._stuck.gone(GRACE_S):
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
            check(result, "SCardGetStatusChange")
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
        talker = self._talker
        if talker is None:
            raise DeviceLostError("card_reader.closed", self.slot)
        talk = Talk(self._name, script, self.record)
        talker.begin(talk)
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
            if not talk.ended(GRACE_S):
                talker.retire()
                self._talker, self._stuck = Talker(self._name, self._service), talker
            raise reason
        return talk.result()

    def _refuse_stuck(self) -> None:
        if self._stuck is not None:
            if not self._stuck.gone(GRACE_S):
                raise mute()
            self._stuck = None


def listed_readers(service: str | None = None) -> tuple[str, ...]:
    """Names of the readers' slots that are plugged in now. Raises DeviceError: no service, or no reader."""
    context = establish(service, opening=True)
    try:
        return tuple(_readers(context))
    finally:
        scard.SCardReleaseContext(context)


def _readers(context: int) -> list[str]:
    """Names of all readers' slots. Raises DeviceError."""
    result, names = scard.SCardListReaders(context, [])
    check(result, "SCardListReaders", opening=True)
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
