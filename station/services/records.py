"""The store, once it is open, and the one way in which a step is written: read, decide, append, audit, commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from station.domain.audit import Fact
from station.domain.enrollment import Enrollment
from station.domain.history import Entry
from station.errors import StationError, WayOn

if TYPE_CHECKING:
    from station.store import Store, Work

Facts = Mapping[str, Fact]
Decide = Callable[[Enrollment, "Work"], Sequence[Entry]]
"""From a recording as it stands to the entries to be added; may write blobs through the same unit of work."""


class Records:
    """Used on the desk's thread alone; opened and closed there too."""

    def __init__(self) -> None:
        self._store: Store | None = None

    def open(self, store: Store) -> None:
        """From now on records can be read and written."""
        self._store = store

    def close(self) -> None:
        """Close the store. Idempotent."""
        store, self._store = self._store, None
        if store is not None:
            store.close()

    def opened(self) -> Store:
        """The store. Raises StationError `store.closed`."""
        if self._store is None:
            raise StationError("store.closed", WayOn.RETRY)
        return self._store

    def work(self) -> AbstractContextManager[Work]:
        """One unit of work, rolled back unless committed.

        Raises:
            StationError: `store.closed`.
        """
        return self.opened().work()

    def broken_pages(self, after: int, count: int) -> tuple[int, ...] | None:
        """As `Store.broken_pages`; None where the store is closed."""
        return None if self._store is None else self._store.broken_pages(after, count)

    def load(self, visit_id: str) -> Enrollment:
        """A recording as it stands. Raises StationError."""
        with self.work() as work:
            return work.visits.load(visit_id)

    def keep(
        self,
        visit_id: str,
        decide: Decide,
        *,
        action: str,
        facts: Facts | None = None,
        last: Callable[[Work], object] | None = None,
    ) -> Enrollment:
        """Add what `decide` returns (at least one entry) with its line in the audit trail; durable on return.

        `last` runs in the same transaction, after that line.

        Raises:
            RuleError: the record does not allow it; nothing is written.
            StoreError: it could not be written; nothing is.
        """
        with self.work() as work:
            enrollment = work.visits.load(visit_id)
            entries = decide(enrollment, work)
            for entry in entries:
                enrollment = work.visits.append(visit_id, entry)
            told = {**(facts or {}), "state": enrollment.state.value}
            work.audit.append(action, at=entries[-1].at, by=entries[-1].by, visit_id=visit_id, facts=told)
            if last is not None:
                last(work)
            work.commit()
        return enrollment
