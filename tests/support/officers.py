"""Officers who are simply there: each password is hashed once a run, since that is slow on purpose."""

from __future__ import annotations

from functools import cache

from station.bootstrap import Station
from station.domain.officer import Officer
from station.security import passwords
from station.services.sign_on import NewOfficer

_hash = cache(passwords.hash)


def serve(station: Station, *newcomers: NewOfficer) -> None:
    """Let them serve at this station; on its desk."""
    with station._records.work() as work:
        for each in newcomers:
            work.officers.add(Officer(each.id, each.name, each.role), _hash(each.password))
        work.commit()
