"""The Clearance: who may be captured, on which devices, by whom, until when, and why one is refused.

A clearance is a capability. `protocols.screening` alone constructs it (a test reads the source), it cannot be
pickled, copied or replaced, and it is never stored: after a restart, screening mints a new one from the stored
answers with their original times.
"""

from __future__ import annotations

from dataclasses import InitVar, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NoReturn

from protocols.clock import Clock

MINT: Final = object()
"""Key to the constructor. Only `protocols.screening` may name it."""


@dataclass(frozen=True, slots=True, order=True)
class DeviceKey:
    """One physical device at one place of the station: the place's name and the device's serial number."""

    slot: str
    serial: str


@dataclass(frozen=True, slots=True)
class ProtocolRef:
    """Which text of which health protocol: `sha256` is the lower-case hex digest of the definition's bytes."""

    id: str
    version: str
    sha256: str


class Refusal(StrEnum):
    """Why a device refuses to acquire anything; each has a sentence of its own on screen."""

    NO_CLEARANCE = "no_clearance"
    OTHER_VISIT = "other_visit"
    OTHER_OFFICER = "other_officer"
    OTHER_DEVICE = "other_device"
    EXPIRED = "expired"
    CLOCK_WENT_BACK = "clock_went_back"
    NOT_ARMED = "not_armed"
    NOT_DISINFECTED = "not_disinfected"
    HYGIENE_UNRECORDED = "hygiene_unrecorded"
    REVOKED = "revoked"


class NotClearedError(Exception):
    """Nothing biometric may be acquired now; `refusal` says why. Carries no personal data."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"capture refused: {refusal.value}")
        self.refusal = refusal


@dataclass(frozen=True, slots=True, eq=False)
class Clearance:
    """Leave to capture one applicant's biometrics. Minted by `Screening.clear` and by nothing else.

    Attributes:
        visit_id: the visit that it was given for.
        officer_id: the officer who may capture.
        devices: the devices that it covers.
        protocol: the health protocol in force when it was minted.
        granted_at: wall time of minting, UTC.
        expires_at: wall time from which it is void, UTC.
        expires_monotonic: the same end on the monotonic clock, seconds.
        mint: the constructor's key, not kept.
    """

    visit_id: str
    officer_id: str
    devices: frozenset[DeviceKey]
    protocol: ProtocolRef
    granted_at: datetime
    expires_at: datetime
    expires_monotonic: float
    mint: InitVar[object]

    def __post_init__(self, mint: object) -> None:
        """Refuse to exist unless screening made it."""
        if mint is not MINT:
            raise TypeError("a Clearance is minted by Screening.clear and by nothing else")

    def refusal(self, *, visit_id: str, officer_id: str, device: DeviceKey, clock: Clock) -> Refusal | None:
        """Why this clearance does not cover that capture now, or None where it does.

        A wall clock before `granted_at` is a clock that was put back: void, whatever the monotonic hand says.
        """
        if visit_id != self.visit_id:
            return Refusal.OTHER_VISIT
        if officer_id != self.officer_id:
            return Refusal.OTHER_OFFICER
        if device not in self.devices:
            return Refusal.OTHER_DEVICE
        now = clock.now()
        if now < self.granted_at:
            return Refusal.CLOCK_WENT_BACK
        if now >= self.expires_at or clock.monotonic() >= self.expires_monotonic:
            return Refusal.EXPIRED
        return None

    def __reduce__(self) -> NoReturn:
        """Refuse pickling and copying: a clearance is never stored."""
        raise TypeError("a Clearance is never stored or copied; screening mints it again")

    def __copy__(self) -> NoReturn:
        """Refuse copying."""
        self.__reduce__()

    def __deepcopy__(self, memo: object) -> NoReturn:
        """Refuse copying."""
        self.__reduce__()
