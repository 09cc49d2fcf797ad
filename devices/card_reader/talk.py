"""Talks with cards by PC/SC, each with a time limit that the calls themselves have not.

SCardTransmit has no timeout, and nothing but the card's going ends it. So talks run on a thread beside the slot's own,
with a context beside the one that watches the reader. A card that falls silent in the middle takes that thread and that
context with it, not the station: the next talk gets others. As long as cards answer they are kept from talk to talk,
since to begin with both anew costs more than all there is to say; the card is taken and given back each time.
"""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

from smartcard import scard

from devices.card_reader.apdu import Transmit
from devices.card_reader.pcsc_errors import DENIED, SHARING_VIOLATION, check, unsigned
from devices.card_reader.record import CardRecord
from devices.errors import CaptureCancelledError, DeviceError, DriverBugError, PersonCanRetryError, Remedy
from devices.transport import Deadline

T = TypeVar("T")

SERVICE_VARIABLE: Final = "PCSCLITE_CSOCK_NAME"
SHARE_WAIT_S: Final = 1.0
"""How long others may keep the card: Windows itself looks at every new one for its certificates."""
SHARE_PAUSE_S: Final = 0.05
UNREADABLE: Final = "card_reader.unreadable"
FLICKERS: Final = frozenset({"card_reader.no_card", "card_reader.removed"})
"""What else may be heard of a card that is only just unreadable."""
SETTLING_TRIES: Final = 5
SETTLING_S: Final = 0.25
"""A card that is laid down touches, lifts and touches again; the service looks every 0.4 s."""
DYING_S: Final = 0.1
"""After that a service that closed a new session, and did not refuse it, is there no longer."""

_choosing = threading.Lock()
_library_has_asked = False
"""The client library reads its variable once a process, at the first context."""


class Talk(Generic[T]):
    """One exchange with one card."""

    def __init__(self, reader: str, script: Callable[[Transmit], T], record: CardRecord) -> None:
        self._reader = reader
        self._script = script
        self._record = record
        self._given_up = threading.Event()
        self._over = threading.Event()
        self._heard_at = time.monotonic()
        self._answered = False
        self._results: list[T] = []
        self._error: BaseException = DriverBugError("card_reader.talk_died")

    @property
    def silent_s(self) -> float:
        """Seconds since the last sign of life."""
        return time.monotonic() - self._heard_at

    def give_up(self) -> None:
        """Say nothing more to the card; a command on its way is still waited for, by the talker alone."""
        self._given_up.set()

    def ended(self, wait_s: float) -> bool:
        """Whether it is over and the card given back; waits up to `wait_s` seconds for that."""
        return self._over.wait(wait_s)

    def result(self) -> T:
        """What the script returned, once ended; raises what it raised."""
        for result in self._results:
            return result
        raise self._error

    def run(self, context: Callable[[], int]) -> bool:
        """On the talker's thread; whether the context is as good as before."""
        try:
            self._results.append(self._converse(context()))
        except BaseException as error:  # noqa: BLE001 - handed over to the thread that waits for the result
            self._error = error
            return isinstance(error, PersonCanRetryError)
        finally:
            self._over.set()
        return True

    def _converse(self, context: int) -> T:
        """Again where a card that is just being laid down has not taken the very first command."""
        settling = {UNREADABLE}
        for _ in range(SETTLING_TRIES):
            try:
                return self._once(context)
            except PersonCanRetryError as error:
                if self._answered or error.code not in settling or self._given_up.wait(SETTLING_S):
                    raise
                settling |= FLICKERS
        return self._once(context)

    def _once(self, context: int) -> T:
        card, protocol = self._connect(context)
        try:
            return self._script(lambda apdu: self._transmit(card, protocol, apdu))
        finally:
            scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)

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
                check(result, "SCardConnect", refused=lives)
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
        check(result, "SCardTransmit")
        if status is None:  # pcsc-lite's success over a link that has just broken
            raise PersonCanRetryError(UNREADABLE, "no status word", remedy=Remedy.REPOSITION)
        self._answered = True
        return bytes(response[:-2]), status


class Talker:
    """The thread that talks, and its context.

    It does not keep the program from ending: where a card stays silent, only the system ends it.

    Args:
        reader: whose cards it talks with.
        service: path of the service's socket, None = the system's own.
    """

    def __init__(self, reader: str, service: str | None) -> None:
        self._service = service
        self._context: int | None = None
        self._talks: queue.SimpleQueue[Talk[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=f"card talk {reader}", daemon=True)
        self._thread.start()

    def begin(self, talk: Talk[Any]) -> None:
        """Let it run, after those that run already."""
        self._talks.put(talk)

    def retire(self) -> None:
        """End after the talk that runs, whenever that is. Idempotent."""
        self._talks.put(None)

    def gone(self, wait_s: float) -> bool:
        """Whether thread and context have been given back; waits up to `wait_s` seconds for that."""
        self._thread.join(wait_s)
        return not self._thread.is_alive()

    def _work(self) -> None:
        try:
            with contextlib.suppress(DeviceError):  # the first talk will tell
                self._established()
            while (talk := self._talks.get()) is not None:
                if not talk.run(self._established):
                    self._release()
        finally:
            self._release()

    def _established(self) -> int:
        if self._context is None:
            self._context = establish(self._service)
        return self._context

    def _release(self) -> None:
        context, self._context = self._context, None
        if context is not None:
            scard.SCardReleaseContext(context)


def establish(service: str | None, *, opening: bool = False) -> int:
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
    check(result, "SCardEstablishContext", opening=opening, refused=True)
    return int(context)
