"""The papers that the applicant takes home, as the station's settings and the record have them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from protocols.clearance import ProtocolRef
from station.domain.enrollment import Enrollment
from station.domain.officer import Officer
from station.domain.promise import Promise
from station.errors import RuleError
from station.services.counter import Counter
from station.services.protocol_choice import ProtocolChoice

if TYPE_CHECKING:
    from station.documents.page import Complaint, Office


class Papers:
    """On the desk's thread: PDF is slow."""

    def __init__(self, counter: Counter, protocol: ProtocolChoice) -> None:
        self._counter = counter
        self._protocol = protocol

    def receipt(
        self, enrollment: Enrollment, number: str, promise: Promise, officer: Officer, issued_at: datetime
    ) -> bytes:
        """The receipt, PDF."""
        from station.documents.receipt import ReceiptData, receipt_pdf  # noqa: PLC0415 - PDF is loaded late

        data = ReceiptData.of(
            enrollment,
            receipt_number=number,
            issued_at=issued_at,
            officer=officer.name,
            office=self.office(),
            promise=promise,
            protocol=self._title(enrollment.cleared.protocol if enrollment.cleared is not None else None),
            complaints=self._complaints(),
        )
        return receipt_pdf(data)

    def deferral(self, enrollment: Enrollment, officer: Officer | None) -> bytes:
        """The slip of a visit that was put off, PDF. Raises RuleError `deferral.missing`."""
        from station.documents.deferral_slip import DeferralData, deferral_pdf  # noqa: PLC0415 - PDF is loaded late

        deferred, receipt = enrollment.deferred, self._counter.settings.receipt
        if deferred is None:
            raise RuleError("deferral.missing")
        decision = self._protocol.in_force()
        data = DeferralData.of(
            enrollment,
            place=self._counter.settings.station.office,
            hours=receipt.hours,
            issued_at=deferred.at.astimezone(self._counter.settings.zone.tz),
            officer=officer.name if officer is not None else deferred.by,
            office=self.office(),
            protocol=self._title(decision.ref if decision is not None else None),
            simulated=self._counter.settings.practice,
            complaints=self._complaints(),
        )
        return deferral_pdf(data)

    def office(self) -> Office:
        """Whose papers they are."""
        from station.documents.page import Office  # noqa: PLC0415 - PDF is loaded late

        station = self._counter.settings.station
        return Office(government=station.regency, name=station.office, address=station.address, station=station.name)

    def _complaints(self) -> tuple[Complaint, ...]:
        from station.documents.page import NATIONAL_COMPLAINTS, Complaint  # noqa: PLC0415 - PDF is loaded late

        own = self._counter.settings.receipt.complaints.items()
        return (*NATIONAL_COMPLAINTS, *(Complaint(channel, number) for channel, number in own))

    def _title(self, ref: ProtocolRef | None) -> str:
        """Of a protocol, in Indonesian; its id where the text is none that this program knows."""
        known = next((each.title.id for each in self._protocol.available() if each.ref == ref), None)
        return known or (ref.id if ref is not None else "-")
