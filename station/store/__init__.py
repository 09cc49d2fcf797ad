"""The embedded encrypted store: tables, repositories, unit of work, migrations. SQL lives here alone.

    with store.work() as work:
        enrollment = work.visits.append(visit_id, entry)
        work.audit.append("portrait.taken", at=now, by=officer.id, visit_id=visit_id)
        work.commit()

One thread, one connection: the thread that opens the store is the only one that may use it.
"""

from station.store.cipher import RecordCipher
from station.store.screening import UNKNOWN_USER
from station.store.sealing import Purpose
from station.store.store import Store, Work
from station.store.visits import VisitSummary

__all__ = ["UNKNOWN_USER", "Purpose", "RecordCipher", "Store", "VisitSummary", "Work"]
