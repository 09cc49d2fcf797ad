"""`ktpel erase`, `ktpel acknowledge`: a record destroyed by two officers, and the centre's word that it has packets."""

from __future__ import annotations

from pathlib import Path

import typer

from station.cli.office import Office, Where, office, secret
from station.cli.words import InputError, Words
from station.domain.erasure import BY_PEOPLE, ErasureReason
from station.errors import RuleError


def erase(where: Where, visit: str, officers: tuple[str, str], reason: str, words: Words, *, anyway: bool) -> None:
    """Destroy one record; `officers` are the supervisor and the one who stands for it too.

    Raises:
        InputError, StationError: as what it uses.
    """
    if reason not in {each.value for each in BY_PEOPLE}:
        raise InputError(words("error.reason", given=reason, known=", ".join(BY_PEOPLE)))
    supervisor, second = officers
    with office(where, supervisor, words) as opened:
        visit_id = found(opened, visit)
        password = secret("KTPEL_SECOND_PASSWORD", words("secret.password", who=second), words)

        def destroy(code: str | None = None) -> None:
            chosen = ErasureReason(reason)
            opened.station.erasure.erase(visit_id, chosen, second, password, code, though_unacknowledged=anyway)

        try:
            opened.do(destroy)
        except RuleError as error:
            if error.code != "sign_on.code_needed":
                raise
            code = secret("KTPEL_SECOND_CODE", words("secret.code", who=second), words)
            opened.do(lambda: destroy(code))
    typer.echo(words("erase.done"))


def acknowledge(where: Where, officer: str, file: Path, words: Words) -> None:
    """Take the centre's list of packets that it has. Raises StationError, InputError."""
    with office(where, officer, words) as opened:
        done = opened.do(lambda: opened.station.retention.acknowledge(file))
    typer.echo(words("acknowledge.done", marked=done.marked, known=done.known, unknown=done.unknown))


def practice_acknowledgement(where: Where, file: Path, words: Words) -> None:
    """What a centre would send, for every packet that lies in a practice station's folder.

    Raises:
        InputError: no practice centre is there, or the file cannot be written.
    """
    from datetime import UTC, datetime  # noqa: PLC0415 - with the rest
    from hashlib import sha256  # noqa: PLC0415 - crypto is loaded by the command that needs it

    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 - as above

    from station.cli.office import settings_at  # noqa: PLC0415 - as above
    from station.packet.acknowledgement import make  # noqa: PLC0415 - as above
    from station.packet.files import write_whole  # noqa: PLC0415 - as above
    from station.packet.sealing import SUFFIX  # noqa: PLC0415 - as above
    from station.services.keys import PACKETS  # noqa: PLC0415 - as above
    from station.services.sealing import CENTRE_FOLDER, read_certificate  # noqa: PLC0415 - as above

    settings = settings_at(where, words)
    centre = settings.folder / CENTRE_FOLDER
    if not (centre / "centre.key.pem").is_file():
        raise InputError(words("error.no_centre", path=centre))
    key = load_pem_private_key((centre / "centre.key.pem").read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    certificate = read_certificate(centre / "centre.crt.pem")
    sums = [sha256(each.read_bytes()).hexdigest() for each in (settings.folder / PACKETS).glob(f"*{SUFFIX}")]
    data = make(settings.station.code, datetime.now(UTC), sums, key=key, certificate=certificate)
    try:
        write_whole(file, data)
    except OSError as error:
        raise InputError(words("error.not_written", path=file)) from error
    typer.echo(words("centre.acknowledged", count=len(sums), path=file))


def found(opened: Office, visit: str) -> str:
    """The id of the visit that is meant. Raises RuleError `visit.unknown`, `visit.erased`."""
    return opened.do(lambda: opened.station.erasure.find(visit))
