"""Which health protocol is in force: decided by two named officers, on record; an unknown text is refused."""

from __future__ import annotations

from protocols.in_force import InForce
from protocols.schema import ProtocolDefinition, builtin, builtin_ids
from station.domain.officer import Permission
from station.errors import RuleError, WayOn
from station.services.counter import Counter
from station.services.sign_on import SignOn


class ProtocolChoice:
    """On the desk's thread."""

    def __init__(self, counter: Counter, sign_on: SignOn) -> None:
        self._counter = counter
        self._sign_on = sign_on
        self._known: tuple[ProtocolDefinition, ...] | None = None

    def available(self) -> tuple[ProtocolDefinition, ...]:
        """Every protocol that this program knows, with the profile's parameters."""
        if self._known is None:
            overrides = self._counter.settings.protocol_parameters
            self._known = tuple(builtin(each).with_parameters(overrides.get(each, {})) for each in builtin_ids())
        return self._known

    def in_force(self) -> InForce | None:
        """The newest decision; None while there is none."""
        with self._counter.records.work() as work:
            return work.decisions.newest()

    def decided(self) -> InForce:
        """The newest decision.

        Raises:
            RuleError: `protocol.none`.
        """
        decision = self.in_force()
        if decision is None:
            raise RuleError("protocol.none", way_on=WayOn.ASK_SUPERVISOR)
        return decision

    def definition(self) -> ProtocolDefinition:
        """The protocol in force.

        Raises:
            RuleError: `protocol.none`, or `protocol.unknown` where its text is none that this program knows.
        """
        decision = self.decided()
        found = next((each for each in self.available() if each.ref == decision.ref), None)
        if found is None:
            raise RuleError("protocol.unknown", decision.ref.id, WayOn.UPDATE_PROGRAM)
        return found

    def put_in_force(self, protocol_id: str, second_id: str, second_password: str, reason: str) -> InForce:
        """Decide, the officer signed on and a second one. Every leave to capture ends.

        Raises:
            RuleError: `protocol.unknown`, `protocol.reason_missing`, `sign_on.*`.
        """
        first = self._sign_on.allowed(Permission.DECIDE_PROTOCOL)
        if not reason.strip():
            raise RuleError("protocol.reason_missing")
        second = self._sign_on.countersign(second_id, second_password, Permission.DECIDE_PROTOCOL)
        return self.decide(protocol_id, (first.id, second.id), reason.strip())

    def decide(self, protocol_id: str, officers: tuple[str, str], reason: str) -> InForce:
        """Keep a decision whose officers were verified. Raises RuleError `protocol.unknown`."""
        definition = next((each for each in self.available() if each.ref.id == protocol_id), None)
        if definition is None:
            raise RuleError("protocol.unknown")
        decision = InForce(definition.ref, officers, self._counter.clock.now(), reason)
        self._counter.leave.drop()
        with self._counter.records.work() as work:
            work.decisions.add(decision)
            facts = {"protocol": definition.ref.id, "sha256": definition.ref.sha256, "decided_by": ",".join(officers)}
            work.audit.append("protocol.in_force", at=decision.decided_at, by=officers[0], facts=facts)
            work.commit()
        return decision
