"""Settings of the devices: one section a kind, each with its driver's own words."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Section(BaseModel):
    """Of the settings' file; a key that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


OFFICER_READER: Final = "officer_reader"
"""The slot of officers' own cards, where that is not the applicants'."""


class _Device(Section):
    simulated: bool = False
    calibrated: date | None = None
    """The day on its last certificate of calibration, shown beside it."""


class CameraDevice(_Device):
    """A camera by number, node or identity, a picture, folder or film by path, or MJPEG by HTTP.

    Attributes:
        exposure: "auto", or a figure in the camera's own measure; as the camera has it where nothing is said.
        focus: likewise.
    """

    driver: Literal["opencv"] = "opencv"
    source: str = Field(min_length=1)
    width: int = Field(default=1280, ge=160, le=8192)
    height: int = Field(default=720, ge=120, le=8192)
    fps: int = Field(default=30, ge=1, le=120)
    exposure: Literal["auto"] | float | None = None
    focus: Literal["auto"] | float | None = None


SfmMeaning = Literal[
    "success",
    "scanned",
    "scan_failed",
    "try_again",
    "no_finger",
    "not_found",
    "unsupported",
    "busy",
    "cancelled",
    "data_error",
    "data_ok",
]
"""What an SFM module's answer may mean: the driver's own words, which are loaded with it."""


class FingerprintDevice(_Device):
    """A serial module: of the R30x family, or Suprema's SFM.

    Attributes:
        password, address: of an R30x module.
        dpi: resolution of an SFM module's sensor, which it does not tell.
        codes: answers of an SFM module (two hexadecimal digits) that mean something else than its maker has published.
    """

    driver: Literal["r30x", "sfm"] = "r30x"
    url: str = Field(min_length=1)
    password: int = Field(default=0, ge=0, le=0xFFFFFFFF)
    address: int = Field(default=0xFFFFFFFF, ge=0, le=0xFFFFFFFF)
    dpi: int = Field(default=500, ge=250, le=1000)
    codes: dict[Annotated[str, Field(pattern=r"^[0-9a-fA-F]{2}$")], SfmMeaning] = Field(default_factory=dict)


StuCrc = Literal["none", "0000", "ffff"]
StuScreen = Literal["mono", "colour", "off"]


class SignaturePadDevice(_Device):
    """A pad on a line or USB: Topaz, or Wacom STU; or the window's own sheet, signed on with whatever points there.

    Attributes:
        url: its port; of a Wacom on USB its device (`/dev/hidraw0`), empty = the first one; the sheet has none.
        model: of a Topaz pad, which does not tell it; empty = SigLite 1x5.
        crc: how the checksum of a Wacom's frames begins on a serial line; `none` for frames without.
        screen: what a Wacom's screen shows: a page with buttons in black and white or in colours, or the ink alone.
    """

    driver: Literal["topaz", "wacom-stu", "wacom-stu-hid", "pointer"] = "topaz"
    url: str = ""
    model: str = ""
    crc: StuCrc = "0000"
    screen: StuScreen = "mono"

    @model_validator(mode="after")
    def _has_a_port(self) -> Self:
        if self.driver != "wacom-stu-hid" and bool(self.url) is (self.driver == "pointer"):
            raise ValueError("url: a port for a pad on a wire, none for the pointer")
        return self


class CardReaderDevice(_Device):
    """A PC/SC reader by name; empty = the first one.

    Attributes:
        socket: of a PC/SC daemon of our own (Linux); empty = the system's.
        officer_authorities: PEM file with the authorities whose officers' cards are taken; without it none is.
        officer_reader: the reader, or the slot of one with two, for officers' cards; empty = the same one.
    """

    driver: Literal["pcsc"] = "pcsc"
    reader: str = ""
    socket: str = ""
    officer_authorities: Path | None = None
    officer_reader: str = ""


class ThermometerDevice(_Device):
    """A serial infrared module: GY-MCU90614 (9600 bits a second), GY-MCU90615 (115200), or one that speaks AA 55.

    Attributes:
        continuous: whether the board is put into its streaming mode instead of being asked for each reading.
    """

    driver: Literal["mcu90614", "mcu90615", "aa55"] = "mcu90614"
    url: str = Field(min_length=1)
    continuous: bool = False


class PositionDevice(_Device):
    """A receiver of position and time.

    Attributes:
        url: of an NMEA receiver its serial port; of gpsd `gpsd://host:port`.
        baudrate: of an NMEA receiver.
    """

    driver: Literal["nmea", "gpsd"] = "nmea"
    url: str = Field(min_length=1)
    baudrate: Literal[4800, 9600, 19200, 38400, 57600, 115200] = 9600


class DevicesSection(Section):
    """What is attached; what is absent has no slot. A thermometer read by eye is always there."""

    camera: CameraDevice | None = None
    fingerprint: FingerprintDevice | None = None
    signature_pad: SignaturePadDevice | None = None
    card_reader: CardReaderDevice | None = None
    thermometer: ThermometerDevice | None = None
    positioning: PositionDevice | None = None

    @property
    def configured(self) -> tuple[_Device, ...]:
        """Those that are there."""
        named = (self.camera, self.fingerprint, self.signature_pad, self.card_reader, self.thermometer)
        slots = (*named, self.positioning)
        return tuple(each for each in slots if each is not None)
