"""`ktpel check`: every page, every index, every link of the trail, every packet of a station that nobody has open."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import typer

from station.cli.office import Where, key_ring, settings_at
from station.cli.words import Words
from station.services.keys import DATABASE, PACKETS
from station.services.packet_round import SIDECAR, check_packet


def check(where: Where, words: Words) -> bool:
    """Say what is wrong, a line each; whether nothing is. Writes nothing.

    Raises:
        StationError: the store or its keys cannot be opened; `store.damaged` where a page is not what was written.
        InputError: no station's data are there, or a passphrase is missing.
    """
    from station.security.audit_chain import verify  # noqa: PLC0415 - crypto is loaded by the command that needs it
    from station.store import Store  # noqa: PLC0415 - the database is loaded by the command that needs it

    folder = settings_at(where, words).folder
    keys = key_ring(folder, words)
    store = Store.open(folder / DATABASE, keys.database_key, cipher=keys.cipher, whole=True)
    try:
        wrong = [words("check.store", fault=fault) for fault in store.faults()]
        with store.work() as work:
            trail = verify(work.audit.entries(), work.audit.heads(), keys.certificate_pem)
            rows = work.packets.all()
            visits = len(work.visits.summaries())  # each opens under its own key
    finally:
        store.close()
    wrong += [words("audit.broken", seq=each.seq, at=each.at, fault=each.fault.value) for each in trail.problems]
    found = [check_packet(folder / PACKETS, row, keys.certificate) for row in rows]
    wrong += [f"{each.file}: {words(each.fault)}" for each in found if each is not None]
    known = {row.file for row in rows}
    strange = sorted(each.name for each in _files(folder / PACKETS) if each.name.removesuffix(SIDECAR) not in known)
    wrong += [f"{name}: {words('packet.foreign')}" for name in strange]
    for line in wrong:
        typer.echo(line, err=True)
    if not wrong:
        typer.echo(words("check.whole", visits=visits, packets=len(rows), entries=trail.entries))
    return not wrong


def _files(folder: Path) -> Iterable[Path]:
    return folder.iterdir() if folder.is_dir() else ()
