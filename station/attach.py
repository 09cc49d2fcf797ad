"""From the settings to the drivers: slot by slot, how its device is made. Drivers are loaded where they are made.

A driver brings its libraries (OpenCV, pyserial, PC/SC), so it is imported on its own device's thread: the window is
painted long before. A name that no driver knows is refused at once, by `check`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from devices.device import Device, DeviceKind
from devices.gate import CaptureGate
from devices.signature_pad.sheet import Sheet
from protocols.clock import Clock
from station.config import Settings
from station.device_settings import (
    OFFICER_READER,
    CameraDevice,
    CardReaderDevice,
    FingerprintDevice,
    PositionDevice,
    SignaturePadDevice,
    ThermometerDevice,
)
from station.errors import StationError, WayOn
from station.services.screening import MANUAL_SLOT

DeviceMaker = Callable[[CaptureGate], Device]


def device_makers(settings: Settings, clock: Clock, sheet: Sheet | None = None) -> Mapping[str, DeviceMaker]:
    """Slot to the maker of its device, for what the settings name; manual temperature entry is always there.

    Args:
        settings: the station's.
        clock: likewise.
        sheet: of the window that may be signed on; without one a pointer's pad does not open.

    Raises:
        StationError: `device.unknown_model`.
    """
    devices = settings.devices
    makers: dict[str, DeviceMaker] = {}
    if (camera := devices.camera) is not None:
        makers[DeviceKind.CAMERA.value] = lambda gate: _camera(gate, camera, clock)
    if (scanner := devices.fingerprint) is not None:
        makers[DeviceKind.FINGERPRINT.value] = lambda gate: _scanner(gate, scanner, clock)
    if (pad := devices.signature_pad) is not None:
        _check_model(pad)
        makers[DeviceKind.SIGNATURE_PAD.value] = lambda gate: _pad(gate, pad, clock, sheet)
    if (reader := devices.card_reader) is not None:
        makers[DeviceKind.CARD_READER.value] = lambda gate: _reader(gate, reader, DeviceKind.CARD_READER.value)
        if reader.officer_reader:
            other = reader.model_copy(update={"reader": reader.officer_reader})
            makers[OFFICER_READER] = lambda gate: _reader(gate, other, OFFICER_READER)
    if (thermometer := devices.thermometer) is not None:
        makers[DeviceKind.THERMOMETER.value] = lambda _: _thermometer(thermometer, clock)
    if (receiver := devices.positioning) is not None:
        makers[DeviceKind.POSITIONING.value] = lambda _: _receiver(receiver, clock)
    makers[MANUAL_SLOT] = lambda _: _manual(clock)
    return makers


def _camera(gate: CaptureGate, device: CameraDevice, clock: Clock) -> Device:
    from devices.camera.opencv import OpenCvCamera  # noqa: PLC0415 - loaded on the camera's thread

    return OpenCvCamera(
        DeviceKind.CAMERA.value,
        gate,
        device.source,
        width=device.width,
        height=device.height,
        fps=device.fps,
        exposure=device.exposure,
        focus=device.focus,
        clock=clock,
        simulated=device.simulated,
    )


def _scanner(gate: CaptureGate, device: FingerprintDevice, clock: Clock) -> Device:
    return _sfm(gate, device, clock) if device.driver == "sfm" else _r30x(gate, device, clock)


def _sfm(gate: CaptureGate, device: FingerprintDevice, clock: Clock) -> Device:
    from devices.fingerprint.sfm import SfmScanner  # noqa: PLC0415 - loaded on the scanner's thread
    from devices.fingerprint.sfm_wire import PUBLISHED, Meaning  # noqa: PLC0415 - with it

    return SfmScanner(
        DeviceKind.FINGERPRINT.value,
        gate,
        device.url,
        dpi=device.dpi,
        codes={**PUBLISHED, **{int(code, 16): Meaning(meaning) for code, meaning in device.codes.items()}},
        clock=clock,
        simulated=device.simulated,
    )


def _r30x(gate: CaptureGate, device: FingerprintDevice, clock: Clock) -> Device:
    from devices.fingerprint.r30x import R30xScanner  # noqa: PLC0415 - loaded on the scanner's thread

    return R30xScanner(
        DeviceKind.FINGERPRINT.value,
        gate,
        device.url,
        password=device.password,
        address=device.address,
        clock=clock,
        simulated=device.simulated,
    )


def _check_model(device: SignaturePadDevice) -> None:
    if device.driver == "topaz" and device.model:
        from devices.signature_pad.topaz_wire import MODELS  # noqa: PLC0415 - only where a model is named

        if device.model not in MODELS:
            raise StationError("device.unknown_model", WayOn.CHECK_SETTINGS, device.model)


def _pad(gate: CaptureGate, device: SignaturePadDevice, clock: Clock, sheet: Sheet | None) -> Device:
    slot = DeviceKind.SIGNATURE_PAD.value
    if device.driver == "pointer":
        from devices.signature_pad.pointer import PointerPad  # noqa: PLC0415 - loaded on the pad's thread

        return PointerPad(slot, gate, sheet or Sheet(clock), clock=clock, simulated=device.simulated)
    if device.driver != "topaz":
        return _stu(slot, gate, device, clock)
    from devices.signature_pad.topaz import TopazPad  # noqa: PLC0415 - loaded on the pad's thread
    from devices.signature_pad.topaz_wire import DEFAULT_MODEL, MODELS  # noqa: PLC0415 - with it

    model = MODELS[device.model] if device.model else DEFAULT_MODEL
    return TopazPad(slot, gate, device.url, model=model, clock=clock, simulated=device.simulated)


def _stu(slot: str, gate: CaptureGate, device: SignaturePadDevice, clock: Clock) -> Device:
    from devices.signature_pad.wacom_stu_pad import ScreenUse  # noqa: PLC0415 - loaded on the pad's thread

    screen = ScreenUse(device.screen)
    if device.driver == "wacom-stu-hid":
        from devices.signature_pad.wacom_stu_hid import WacomStuHidPad  # noqa: PLC0415 - with it

        return WacomStuHidPad(slot, gate, device.url, screen=screen, clock=clock, simulated=device.simulated)
    from devices.signature_pad.wacom_stu import WacomStuPad  # noqa: PLC0415 - with it
    from devices.signature_pad.wacom_stu_wire import CrcVariant  # noqa: PLC0415 - with it

    crc = CrcVariant(device.crc)
    return WacomStuPad(slot, gate, device.url, crc=crc, screen=screen, clock=clock, simulated=device.simulated)


def _reader(gate: CaptureGate, device: CardReaderDevice, slot: str) -> Device:
    from devices.card_reader.pcsc import PcscReader  # noqa: PLC0415 - loaded on the reader's thread

    return PcscReader(slot, gate, device.reader, service=device.socket or None, simulated=device.simulated)


def _thermometer(device: ThermometerDevice, clock: Clock) -> Device:
    slot = DeviceKind.THERMOMETER.value
    if device.driver == "aa55":
        from devices.thermometer.aa55 import Aa55Thermometer  # noqa: PLC0415 - loaded on the thermometer's thread

        return Aa55Thermometer(slot, device.url, clock=clock, simulated=device.simulated)
    from devices.thermometer.mcu90614 import GY_MCU90614, GY_MCU90615, Mcu90614  # noqa: PLC0415 - as the line above

    board = GY_MCU90615 if device.driver == "mcu90615" else GY_MCU90614
    return Mcu90614(
        slot, device.url, board=board, continuous=device.continuous, clock=clock, simulated=device.simulated
    )


def _receiver(device: PositionDevice, clock: Clock) -> Device:
    slot = DeviceKind.POSITIONING.value
    if device.driver == "gpsd":
        from devices.position.gpsd import GpsdReceiver  # noqa: PLC0415 - loaded on the receiver's thread

        return GpsdReceiver(slot, device.url, clock=clock, simulated=device.simulated)
    from devices.position.nmea import NmeaReceiver  # noqa: PLC0415 - loaded on the receiver's thread

    return NmeaReceiver(slot, device.url, baudrate=device.baudrate, clock=clock, simulated=device.simulated)


def _manual(clock: Clock) -> Device:
    from devices.thermometer.manual import ManualThermometer  # noqa: PLC0415 - with its sisters

    return ManualThermometer(MANUAL_SLOT, clock=clock)
