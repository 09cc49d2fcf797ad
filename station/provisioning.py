"""A station in earnest, from what somebody types to its settings file: each page checked by itself, then written.

What is checked here is what the station itself will ask of it: the settings' own rules, the certificates' use, time
and chain, the vault by really keeping something in it. Nothing has a default that opens anything, and nothing that is
made here is practice: no page can name a simulator.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from station.config import Approval, ReceiptSection, Settings, StationSection, Zone, load
from station.device_settings import DevicesSection, Section
from station.errors import StationError, WayOn
from station.security.vault import VaultName
from station.services.keys import DATABASE, KEYS
from station.settings_file import write_beside, write_settings

if TYPE_CHECKING:
    from cryptography import x509

Part = dict[str, Any]
"""A part of the settings, as it will stand in the file."""

CLOCK: Final = re.compile(r"([01]?\d|2[0-3])[.:]([0-5]\d)")
FINGERPRINT_CHARACTERS: Final = 16
"""Of a certificate's SHA-256, as it is compared by voice: 64 bits."""
ORDER: Final = (VaultName.KEYRING, VaultName.TPM, VaultName.PASSPHRASE)
"""In which the vaults that protect are offered, those that work here first."""
_CODES: Final = {
    "missing": "setup.missing",
    "string_too_short": "setup.missing",
    "string_too_long": "setup.too_long",
    "string_pattern_mismatch": "setup.code",
    "int_parsing": "setup.days",
    "greater_than_equal": "setup.days",
    "less_than_equal": "setup.days",
}
_OF_CERTIFICATE: Final = {
    "packet.recipient_unreadable": "setup.certificate_unreadable",
    "packet.bad_recipient": "setup.certificate_unfit",
    "packet.recipient_expired": "setup.certificate_expired",
    "packet.recipient_not_yet": "setup.certificate_not_yet",
    "packet.authorities_unreadable": "setup.certificate_unreadable",
}


class PageError(StationError):
    """A page cannot be left as it is.

    Attributes:
        wrong: field to the code of what is wrong there.
    """

    def __init__(self, wrong: Mapping[str, str]) -> None:
        super().__init__("setup.wrong", WayOn.CORRECT_INPUT, ", ".join(sorted(wrong)))
        self.wrong = dict(wrong)


class Role(StrEnum):
    """Whose certificates a station has."""

    CENTRE = "centre"
    AUTHORITIES = "authorities"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Seen:
    """A certificate, as somebody compares it with what they were told.

    Attributes:
        subject: whom it names.
        until: when it ends; aware, UTC.
        fingerprint: the beginning of its SHA-256, hexadecimal in groups of four.
    """

    subject: str
    until: datetime
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Certificates:
    """What was read and checked; these very bytes are written beside the settings.

    Attributes:
        pem: certificates alone, whatever else stood in the files.
        seen: of the authorities the root.
    """

    pem: Mapping[Role, bytes]
    seen: Mapping[Role, Seen]


@dataclass(frozen=True, slots=True)
class VaultFound:
    """A place for keys that was tried here; `code`: what stands against it, "" where it works."""

    name: VaultName
    code: str


def office(values: Mapping[str, str]) -> Part:
    """Who the station is: `code`, `name`, `office`, `regency`, `address`, `zone`. Raises PageError."""
    given = {name: values[name].strip() for name in ("code", "name", "office", "regency", "address")}
    given["code"] = given["code"].upper()
    wrong = _wrong(StationSection, given)
    if not given["code"]:
        wrong["code"] = "setup.missing"
    if values["zone"] not in set(Zone):
        wrong["zone"] = "setup.choose"
    if wrong:
        raise PageError(wrong)
    return {"zone": values["zone"], "station": given}


def pick_up(values: Mapping[str, str]) -> Part:
    """The promise: `place`, `working_days`, `opens`, `closes`; and who approves: `approval`. Raises PageError."""
    given: Part = {"place": values["place"].strip(), "working_days": values["working_days"].strip()}
    wrong = _wrong(ReceiptSection, given)
    hours = {name: _clock(values[name]) for name in ("opens", "closes")}
    wrong |= {name: "setup.clock" for name, at in hours.items() if at is None}
    opens, closes = hours["opens"], hours["closes"]
    if opens is not None and closes is not None and closes <= opens:
        wrong["closes"] = "setup.hours"
    if values["approval"] not in set(Approval):
        wrong["approval"] = "setup.choose"
    if wrong:
        raise PageError(wrong)
    given |= {"working_days": int(given["working_days"]), "opens": opens, "hours": f"{opens:%H.%M}-{closes:%H.%M}"}
    return {"approval": values["approval"], "receipt": given}


def certificates(values: Mapping[str, str], at: datetime) -> Certificates:
    """Read and check the files named by `centre`, `authorities`, `office`.

    Args:
        values: paths.
        at: aware; by when they must be valid.

    Raises:
        PageError: a file that is none, a use, a time or a chain that does not hold.
    """
    from station.security import certificates as rules  # noqa: PLC0415 - crypto is loaded late

    wrong: dict[str, str] = {}

    def heed(role: Role, job: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the job gives
        try:
            return job()
        except StationError as error:
            wrong[role] = _OF_CERTIFICATE.get(error.code, error.code)
            return None

    paths = {role: Path(values[role].strip()).expanduser() for role in Role if values[role].strip()}
    wrong |= {role: "setup.missing" for role in Role if role not in paths}
    leaves = {role: heed(role, partial(_leaf, paths[role], at)) for role in (Role.CENTRE, Role.OFFICE) if role in paths}
    vouching: tuple[x509.Certificate, ...] | None = None
    if Role.AUTHORITIES in paths:
        vouching = heed(Role.AUTHORITIES, lambda: rules.read_authorities(paths[Role.AUTHORITIES]))
    centre = leaves.get(Role.CENTRE)
    if centre is not None and vouching is not None:
        heed(Role.AUTHORITIES, lambda: rules.check_chain(centre, vouching, at))
    if wrong or vouching is None:
        raise PageError(wrong)
    kept = {Role.CENTRE: (centre,), Role.OFFICE: (leaves[Role.OFFICE],), Role.AUTHORITIES: vouching}
    root = next((each for each in vouching if each.issuer == each.subject), vouching[0])
    return Certificates(
        {role: b"".join(map(_pem, each)) for role, each in kept.items()},
        {role: _seen(root if role is Role.AUTHORITIES else each[0]) for role, each in kept.items()},
    )


def vaults_here() -> tuple[VaultFound, ...]:
    """What can guard keys on this machine: those that work first, the bare file never among them."""
    found = [VaultFound(name, "" if name is VaultName.PASSPHRASE else _tried(name, None)) for name in ORDER]
    return tuple(sorted(found, key=lambda each: bool(each.code)))


def keys(values: Mapping[str, str]) -> Part:
    """Where data and keys rest: `data_dir`, `vault`, `passphrase` twice (`again`), `unprotected`.

    The vault is tried by keeping keys of nothing in it; `unprotected` is the word "yes" that bare files need.

    Raises:
        PageError: likewise.
    """
    wrong = {}
    folder = Path(values["data_dir"].strip()).expanduser()
    if (code := _folder_fault(folder, values["data_dir"])) != "":
        wrong["data_dir"] = code
    name, phrase = values["vault"], values["passphrase"]
    if name not in set(VaultName):
        wrong["vault"] = "setup.choose"
    elif name == VaultName.FILE:
        if values["unprotected"] != "yes":
            wrong["unprotected"] = "setup.unprotected"
    elif name == VaultName.PASSPHRASE and phrase != values["again"]:
        wrong["again"] = "setup.differs"
    elif (code := _tried(VaultName(name), phrase)) != "":
        wrong["passphrase" if name == VaultName.PASSPHRASE else "vault"] = code
    if wrong:
        raise PageError(wrong)
    return {"data_dir": str(folder), "keys": {"vault": name}}


def devices(chosen: Mapping[str, Mapping[str, str]]) -> Part:
    """What is attached: slot to its section's values. One at least: without any the station would be practice.

    Raises:
        PageError: by slot.
    """
    if not chosen:
        raise PageError({"": "setup.no_device"})
    given = {slot: dict(values) for slot, values in chosen.items()}
    try:
        DevicesSection(**given)  # type: ignore[arg-type]  # the sections check what is in them
    except ValidationError as error:
        raise PageError({str(each["loc"][0]): "setup.place" for each in error.errors()}) from None
    if any("simulated" in values for values in given.values()):
        raise PageError({slot: "setup.place" for slot, values in given.items() if "simulated" in values})
    return {"devices": given}


def provision(file: Path, parts: Mapping[str, Any], checked: Certificates) -> Settings:
    """Write the certificates beside the settings file, then that: once it is there, all of it is.

    Args:
        file: where to; there must be none.
        parts: what the pages gave, together.
        checked: likewise.

    Raises:
        StationError: `setup.exists`, `store.*`; ConfigError where the whole does not hold together.
    """
    if file.exists() or file.is_symlink():
        raise StationError("setup.exists", WayOn.CHECK_SETTINGS, file.name)
    folder = file.absolute().parent
    paths = {role: folder / f"{role}-{hashlib.sha256(pem).hexdigest()[:8]}.pem" for role, pem in checked.pem.items()}
    document = {**parts, "recipient_certificate": str(paths[Role.CENTRE])}
    document["recipient_authorities"] = str(paths[Role.AUTHORITIES])
    document["keys"] = {**parts["keys"], "office_certificate": str(paths[Role.OFFICE])}
    for role, path in paths.items():
        if not path.is_file() or path.read_bytes() != checked.pem[role]:
            write_beside(path, checked.pem[role])
    write_settings(file, document)
    return load(file)


def _wrong(kind: type[Section], given: Mapping[str, Any]) -> dict[str, str]:
    """What a section of the settings says of these values, by field."""
    try:
        kind(**given)
    except ValidationError as error:
        return {str(each["loc"][0]): _CODES.get(each["type"], "setup.invalid") for each in error.errors()}
    return {}


def _clock(words: str) -> time | None:
    found = CLOCK.fullmatch(words.strip())
    return None if found is None else time(int(found[1]), int(found[2]))


def _leaf(path: Path, at: datetime) -> x509.Certificate:
    from station.packet.practice import is_practice  # noqa: PLC0415 - crypto is loaded late
    from station.security import certificates as rules  # noqa: PLC0415 - with it
    from station.services.sealing import read_certificate  # noqa: PLC0415 - with it

    found = read_certificate(path)
    if is_practice(found):
        raise StationError("setup.certificate_practice", WayOn.CORRECT_INPUT)
    rules.check_use(found)
    rules.check_time(found, at)
    return found


def _pem(certificate: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415 - crypto is loaded late

    return certificate.public_bytes(Encoding.PEM)


def _seen(certificate: x509.Certificate) -> Seen:
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - crypto is loaded late
    from cryptography.x509.oid import NameOID  # noqa: PLC0415 - with it

    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    subject = str(names[0].value) if names else certificate.subject.rfc4514_string()
    digits = certificate.fingerprint(SHA256()).hex()[:FINGERPRINT_CHARACTERS].upper()
    groups = " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))
    return Seen(subject, certificate.not_valid_after_utc, groups)


def _tried(name: VaultName, passphrase: str | None) -> str:
    """Keep keys of nothing there, read them back, forget them: the code of what stands against it, or ""."""
    from station.security.keys import vault_named  # noqa: PLC0415 - crypto is loaded late
    from station.security.material import Secrets  # noqa: PLC0415 - with it
    from station.security.vaults import Cost, PassphraseVault  # noqa: PLC0415 - with it

    secrets = Secrets.new()
    try:
        with tempfile.TemporaryDirectory(prefix="ktpel-") as folder:
            vault = vault_named(name, passphrase)
            if name is VaultName.PASSPHRASE:  # the phrase is judged as ever; what each guess costs is paid at the start
                vault = PassphraseVault(passphrase or "", Cost(memory_kib=1024, passes=1, lanes=1))
            vault.put(Path(folder), secrets)
            try:
                same = vault.get(Path(folder)) == secrets
            finally:
                vault.drop(Path(folder))
    except StationError as error:
        return error.code
    except OSError:
        return "keys.unwritable"
    return "" if same else "keys.damaged"


def _folder_fault(folder: Path, typed: str) -> str:
    """What stands against keeping the data there, by writing beside it; "" where nothing does."""
    if not typed.strip():
        return "setup.missing"
    if not folder.is_absolute():
        return "setup.not_absolute"
    try:
        if any((folder / name).exists() for name in (DATABASE, KEYS)):
            return "setup.data_there"
        there = next(each for each in (folder, *folder.parents) if each.exists())
        with tempfile.TemporaryFile(dir=there):
            return ""
    except OSError:
        return "setup.folder"
