"""Settings: one TOML file and the environment (`KTPEL_...`), checked whole before anything starts.

The file is named by `--config` or `KTPEL_CONFIG`, else it is the user's own (`default_file`) where `ktpel setup` has
written that; without one the defaults hold. A variable overrides the file:
`KTPEL_DATA_DIR=/srv/ktpel`, `KTPEL_STATION__CODE=KUTIM-01` (two underscores go one section down). Unknown keys are
refused. No secret stands in the settings.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from datetime import time, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from devices.positions import FingerPosition
from station.device_settings import DevicesSection, Section
from station.domain.applicant import Background
from station.domain.officer import Role
from station.domain.promise import PromiseRule
from station.domain.step import DEFAULT_PLAN, State, check_plan
from station.errors import StationError, WayOn
from station.security.vault import VaultName

CONFIG_VARIABLE: Final = "KTPEL_CONFIG"
PRACTICE_FOLDER: Final = "practice"


class Approval(StrEnum):
    """Who lets a complete recording be sealed."""

    AUTOMATIC = "automatic"
    SUPERVISOR = "supervisor"


class Zone(StrEnum):
    """Indonesia's three zones; none has a summer time."""

    WIB = "WIB"
    WITA = "WITA"
    WIT = "WIT"

    @property
    def tz(self) -> timezone:
        """The zone itself."""
        return timezone(timedelta(hours={Zone.WIB: 7, Zone.WITA: 8, Zone.WIT: 9}[self]), self.value)


class StationSection(Section):
    """Who this station is.

    Attributes:
        code: short, printable ASCII; begins every packet's and receipt's number.
        office: the civil registry office it belongs to.
        regency: the government whose letterhead papers carry.
        address: of the office, for the letterhead.
        destination: the data centre's name in the packet.
    """

    code: str = Field(default="STASIUN-01", pattern=r"^[A-Z0-9][A-Z0-9-]{1,23}$")
    name: str = Field(default="Loket 1", min_length=1, max_length=60)
    office: str = Field(default="Dinas Kependudukan dan Pencatatan Sipil", min_length=1, max_length=120)
    regency: str = Field(default="Pemerintah Kabupaten/Kota", min_length=1, max_length=60)
    address: str = Field(default="", max_length=160)
    destination: str = Field(default="DUKCAPIL", pattern=r"^[!-~]{1,32}$")


class ReceiptSection(Section):
    """What the receipt promises, and whom to complain to.

    Attributes:
        complaints: the office's own ways, channel to number or address; the national ones are always printed.
    """

    place: str = Field(default="Loket pengambilan Dinas Dukcapil", min_length=1, max_length=120)
    working_days: int = Field(default=1, ge=1, le=30)
    opens: time = time(8, 0)
    hours: str = Field(default="08.00-15.00", min_length=1, max_length=60)
    complaints: dict[str, str] = Field(default_factory=dict)

    @property
    def rule(self) -> PromiseRule:
        """The office's promise."""
        return PromiseRule(self.working_days, self.opens, self.place, self.hours)


class RetentionSection(Section):
    """How long the station keeps what it holds of a person; docs/retention.md has the table with the rules.

    Attributes:
        acknowledged_days: after the station learned that the centre has the packet, both are destroyed.
        cancelled_days: after a visit was cancelled, its record is destroyed.
        deferred_days: after a visit was put off and nobody came back, likewise.
        answers_hours: answers and temperatures of the checklist are erased, sealed or not; the verdict stays.
        acknowledgement_certificate: of the centre, by which it signs acknowledgements; None = the one packets are for.
    """

    acknowledged_days: int = Field(default=30, ge=0, le=3650)
    cancelled_days: int = Field(default=7, ge=0, le=3650)
    deferred_days: int = Field(default=90, ge=1, le=3650)
    answers_hours: int = Field(default=72, ge=1, le=24 * 90)
    acknowledgement_certificate: Path | None = None


class KeysSection(Section):
    """How the station's keys are guarded.

    Attributes:
        vault: what must guard them; a station whose keys rest elsewhere does not start. None = whatever does, and files
            for new keys. Practice keeps files.
        office_certificate: PEM or DER of the office that can restore them; None = no recovery file is made.
    """

    vault: VaultName | None = None
    office_certificate: Path | None = None


class OfficersSection(Section):
    """What is asked of officers.

    Attributes:
        second_factor: roles that must have a second factor: whoever has none can do nothing but take one on, and cannot
            stand for another's step. Where no role is named, only who has one is asked for it.
        idle_lock_minutes: without a touch after which the screen is covered until the officer's password; 0 = never.
    """

    second_factor: frozenset[Role] = frozenset()
    idle_lock_minutes: int = Field(default=10, ge=0, le=240)


class FingerPlan(StrEnum):
    """How the fingers are asked for."""

    SINGLE = "single"
    GROUPS = "4-4-2"
    """Right four, left four, thumbs, for scanners that take them at once."""


class FingerMatcherName(StrEnum):
    """Who compares a new print with the others."""

    CYLINDERS = "ktpel-cylinder-1"
    NBIS = "nbis-bozorth3"


class PortraitCoding(StrEnum):
    """How the portrait travels."""

    JPEG_2000 = "jp2"
    JPEG = "jpeg"


Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
"""Red, green and blue of sRGB, two hexadecimal digits each."""


class PortraitSection(Section):
    """How portraits are judged and handed on.

    Attributes:
        guidance: a profile of the checks' bounds and the cloths' colours in place of the program's own.
        detector: a YuNet model in place of the detectors that come with OpenCV.
        coding: of the picture in the packet.
        most_bytes: its greatest size.
        colours: that a replaced background gets, for each cloth.
        mirrored: whether the live picture is shown as in a mirror. Not so by default: the officer sees the applicant as
            the camera and everybody else does, and as the photo will be, and points where they see them go; a mirror is
            for people who look at themselves. The words are the applicant's own left and right either way.
    """

    guidance: Path | None = None
    detector: Path | None = None
    coding: PortraitCoding = PortraitCoding.JPEG_2000
    most_bytes: int = Field(default=64 * 1024, ge=8 * 1024, le=4 * 1024 * 1024)
    colours: dict[Background, Colour] = Field(
        default={Background.RED: "#db1514", Background.BLUE: "#0090ff", Background.ORANGE: "#ff8000"}
    )
    mirrored: bool = False

    @field_validator("colours")
    @classmethod
    def _a_colour_each(cls, colours: dict[Background, str]) -> dict[Background, str]:
        if set(colours) != set(Background):
            raise ValueError("each cloth has a colour")
        return colours


class CaptureSection(Section):
    """Thresholds and patience of the captures.

    Attributes:
        finger_timeout_s: seconds to wait for a finger, and for it to be lifted.
        fingers: one by one, or 4-4-2.
        finger_order: in which order single fingers are asked for, by their standard numbers 1 to 10.
        finger_record: whether packets hold the fingers as an ISO/IEC 19794-4:2011 record too, some 10 kB a finger more.
        finger_matcher: who compares fingers: ours, or NBIS where it is installed.
        portrait: how portraits are judged and handed on.
        portrait_auto: whether a portrait is taken by itself after a steady second.
        burst_frames: pictures taken at once, of which the best is kept.
        exception_portrait: whether an applicant with missing fingers is photographed with both hands.
        replace_background: whether the applicant approves a pass photo whose background was replaced; the original is
            kept and goes into the packet all the same.
        return_days: after how many days a passing injury should have healed.
        card_photo: whether the officer may read the open photo off the applicant's card, to see it beside the face.
        signature_points: fewest pen samples that count as a signature.
        signature_mm: least width or height of one, millimetres.
    """

    finger_timeout_s: float = Field(default=20.0, gt=0, le=120)
    fingers: FingerPlan = FingerPlan.SINGLE
    finger_order: tuple[FingerPosition, ...] = tuple(FingerPosition)
    finger_record: bool = False
    finger_matcher: FingerMatcherName = FingerMatcherName.CYLINDERS
    portrait: PortraitSection = PortraitSection()
    portrait_auto: bool = True
    burst_frames: int = Field(default=5, ge=1, le=15)
    exception_portrait: bool = True
    replace_background: bool = False
    return_days: int = Field(default=14, ge=1, le=365)
    card_photo: bool = False
    signature_points: int = Field(default=8, ge=2, le=1000)
    signature_mm: float = Field(default=5.0, ge=0, le=50)

    @field_validator("finger_order")
    @classmethod
    def _order_has_ten(cls, order: tuple[FingerPosition, ...]) -> tuple[FingerPosition, ...]:
        if sorted(order) != sorted(FingerPosition):
            raise ValueError("the order names each of the ten fingers once")
        return order


class Settings(BaseSettings):
    """Everything that can be set. Frozen.

    Attributes:
        data_dir: where the station keeps what it records; practice has a folder of its own in it.
        language: of screen and messages at the start.
        approval: who lets a complete recording be sealed.
        plan: order of the capture steps, the portrait first.
        protocol_parameters: protocol id to parameter to number, within the protocol's ranges.
        recipient_certificate: PEM or DER of the data centre; None = sealing is refused, but in practice.
        recipient_authorities: PEM of the authorities that vouch for it, the root among them; in earnest it is needed.
    """

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix="KTPEL_", env_nested_delimiter="__", case_sensitive=False
    )

    station: StationSection = StationSection()
    data_dir: Path = Path("var")
    language: Literal["id", "en"] = "id"
    zone: Zone = Zone.WIB
    approval: Approval = Approval.AUTOMATIC
    plan: tuple[State, ...] = DEFAULT_PLAN
    protocol_parameters: dict[str, dict[str, float]] = Field(default_factory=dict)
    receipt: ReceiptSection = ReceiptSection()
    recipient_certificate: Path | None = None
    recipient_authorities: Path | None = None
    keys: KeysSection = KeysSection()
    retention: RetentionSection = RetentionSection()
    officers: OfficersSection = OfficersSection()
    capture: CaptureSection = CaptureSection()
    devices: DevicesSection = DevicesSection()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is the base class's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is the base class's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is the base class's
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment goes over what the file says."""
        return env_settings, init_settings

    @field_validator("plan")
    @classmethod
    def _plan_is_one(cls, plan: tuple[State, ...]) -> tuple[State, ...]:
        return check_plan(plan)

    @model_validator(mode="after")
    def _parameters_fit(self) -> Self:
        from protocols.schema import builtin, builtin_ids  # noqa: PLC0415 - reads files: only where there is something

        for protocol_id, overrides in self.protocol_parameters.items():
            if protocol_id not in builtin_ids():
                raise ValueError(f"there is no protocol {protocol_id!r}")
            builtin(protocol_id).with_parameters(overrides)
        return self

    @property
    def practice(self) -> bool:
        """Whether any device is a simulator: nothing recorded is real, and it is kept apart."""
        return any(device.simulated for device in self.devices.configured)

    @property
    def folder(self) -> Path:
        """Where this station keeps what it records: practice never mixes with the real thing."""
        return self.data_dir / PRACTICE_FOLDER if self.practice else self.data_dir

    def with_devices(self, devices: DevicesSection) -> Settings:
        """The same settings with other devices."""
        return self.model_copy(update={"devices": devices})


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong: the key (dotted, empty for the whole file), a kind, and technical words."""

    key: str
    kind: str
    detail: str


class ConfigError(StationError):
    """The settings cannot be used.

    Attributes:
        origin: the file, or "environment".
        mistakes: all of them.
    """

    def __init__(self, code: str, origin: str, mistakes: tuple[Mistake, ...] = ()) -> None:
        super().__init__(code, WayOn.CHECK_SETTINGS, origin)
        self.origin = origin
        self.mistakes = mistakes

    def lines(self) -> tuple[str, ...]:
        """One line a mistake: where, and what is wrong, in English for the technician."""
        if not self.mistakes:
            return (f"{self.origin}: {_WORDS[self.code]}",)
        return tuple(f"{self.origin}: {each.key or 'settings'}: {each.detail}" for each in self.mistakes)


_WORDS: Final = {"config.absent": "there is no such file", "config.unreadable": "the file cannot be read"}
_KINDS: Final = {"extra_forbidden": "unknown key", "missing": "is missing"}


def default_file() -> Path:
    """Where `ktpel setup` writes, and what is read where no other file is named: in the user's folder of settings."""
    from platformdirs import user_config_path  # noqa: PLC0415 - only where no file is named

    return user_config_path("ktpel", appauthor=False) / "station.toml"


def _own_file() -> Path | None:
    """The user's own file; also one that cannot be read, which is an error and no practice."""
    path = default_file()
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return path
    return path


def load(path: Path | None = None) -> Settings:
    """Settings from `path`, else from the file that KTPEL_CONFIG names, else from the user's own, else defaults.

    The environment goes over all.

    Raises:
        ConfigError: with every mistake, each naming file and key.
    """
    named = path or (Path(os.environ[CONFIG_VARIABLE]) if os.environ.get(CONFIG_VARIABLE) else None)
    named = named or _own_file()
    document: dict[str, Any] = {}
    if named is not None:
        try:
            document = tomllib.loads(named.read_text("utf-8"))
        except FileNotFoundError:
            raise ConfigError("config.absent", str(named)) from None
        except OSError:
            raise ConfigError("config.unreadable", str(named)) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError("config.syntax", str(named), (Mistake("", "syntax", str(error)),)) from None
    try:
        return Settings(**document)
    except ValidationError as error:
        mistakes = tuple(
            Mistake(
                ".".join(str(part) for part in each["loc"]),
                each["type"],
                _KINDS.get(each["type"], each["msg"].removeprefix("Value error, ")),
            )
            for each in error.errors(include_url=False, include_input=False, include_context=False)
        )
        raise ConfigError("config.invalid", str(named) if named is not None else "environment", mistakes) from None
