"""What is told of a camera by the kernel's folders, without a camera."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from devices.camera.sources import webcam_identity


def kernel(folder: Path, **usb: str) -> Path:
    """The folders of one USB camera, video2, as Linux lays them out."""
    device = folder / "devices" / "usb1" / "1-4"
    interface = device / "1-4:1.0"
    node = interface / "video4linux" / "video2"
    node.mkdir(parents=True)
    (node / "name").write_text("HD Pro Webcam C920\n")
    (node / "device").symlink_to(interface)
    for name, text in usb.items():
        (device / name).write_text(text + "\n")
    listed = folder / "class"
    listed.mkdir()
    (listed / "video2").symlink_to(node)
    return listed


def test_a_usb_camera_is_known_by_maker_name_and_serial_number(tmp_path: Path) -> None:
    listed = kernel(tmp_path, manufacturer="Logitech", serial="8B21F3")
    assert webcam_identity("/dev/video2", listed) == ("Logitech", "HD Pro Webcam C920", "8B21F3")


def test_a_camera_known_by_another_name_is_the_same_one(tmp_path: Path) -> None:
    listed = kernel(tmp_path, serial="8B21F3")
    node = tmp_path / "video2"
    node.touch()
    by_id = tmp_path / "usb-046d_HD_Pro"
    by_id.symlink_to(node)
    assert webcam_identity(str(by_id), listed)[2] == "8B21F3"


def test_what_the_kernel_does_not_know_stays_empty(tmp_path: Path) -> None:
    assert webcam_identity("/dev/video2", kernel(tmp_path)) == ("", "HD Pro Webcam C920", "")
    assert webcam_identity("/dev/video7", tmp_path / "class") == ("", "webcam", "")


def test_importing_and_making_a_camera_does_not_import_opencv() -> None:
    program = (
        "import sys; from devices.camera.opencv import OpenCvCamera; "
        "OpenCvCamera('camera', None, '0'); print('cv2' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "False\n"
