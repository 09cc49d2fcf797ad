"""A camera is known by what it is, not by the number that the system gives it today."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.camera.identity import (
    CameraIdentity,
    ListedCamera,
    find,
    from_kernel,
    identity_of,
    listed_cameras,
    number_of,
    parse_identity,
)
from devices.errors import OperatorCanMendError, Remedy
from devices.opencv_import import cv2

BUILT_IN = ListedCamera(0, "Integrated Camera", "/dev/video0", 0x04F2, 0xB6D9, place="usb:1-6")
C920 = ListedCamera(2, "HD Pro Webcam C920", "/dev/video2", 0x046D, 0x082D, "Logitech", "8B21F3", "usb:1-4")
PLAIN = ListedCamera(4, "USB 2.0 Camera", "/dev/video4", 0x0C45, 0x6366, place="usb:1-1")


def moved(camera: ListedCamera, index: int, place: str | None = None) -> ListedCamera:
    """As it is listed after it was plugged in anew."""
    return replace(camera, index=index, path=f"/dev/video{index}", place=camera.place if place is None else place)


def refusal(identity: CameraIdentity, *listed: ListedCamera) -> tuple[str, Remedy]:
    with pytest.raises(OperatorCanMendError) as caught:
        find(identity, listed)
    return caught.value.code, caught.value.remedy


def test_it_is_found_again_under_another_number_and_at_another_place() -> None:
    known = identity_of(C920, [BUILT_IN, C920])
    again = moved(C920, 0, "usb:3-1")
    assert find(known, [again, moved(BUILT_IN, 1)]) == again


def test_another_camera_under_its_old_number_is_not_taken_for_it() -> None:
    known = identity_of(C920, [BUILT_IN, C920])
    assert refusal(known, BUILT_IN, moved(PLAIN, 2)) == ("camera.absent", Remedy.PLUG_IN)
    assert refusal(known) == ("camera.absent", Remedy.PLUG_IN)


def test_one_of_the_same_model_with_another_serial_number_is_another_one() -> None:
    known = identity_of(C920, [C920])
    assert refusal(known, replace(C920, serial="900001"))[0] == "camera.absent"


def test_two_alike_without_serial_numbers_are_told_apart_by_their_places() -> None:
    other = moved(PLAIN, 6, "usb:1-2")
    known = identity_of(PLAIN, [PLAIN, other])
    assert find(known, [moved(PLAIN, 6), moved(other, 4)]) == moved(PLAIN, 6)
    assert refusal(known, other)[0] == "camera.absent", "the one that stayed is not the one that was pulled"


def test_where_two_alike_cannot_be_told_apart_neither_is_taken() -> None:
    known = identity_of(PLAIN, [PLAIN])
    assert refusal(known, moved(PLAIN, 0, "usb:1-2"), moved(PLAIN, 2, "usb:1-3")) == (
        "camera.absent",
        Remedy.CHOOSE_PORT,
    )


def test_of_several_nodes_of_one_camera_the_first_gives_the_pictures() -> None:
    second = moved(C920, 3)
    assert identity_of(C920, [second, C920]).place == ""
    assert find(identity_of(C920, [C920, second]), [second, C920]) == C920


def test_a_technician_may_name_as_little_as_tells_it_apart() -> None:
    listed = [BUILT_IN, C920, PLAIN]
    assert find(parse_identity("camera:vid=046d;pid=082D"), listed) == C920
    assert find(parse_identity("camera:name=USB 2.0 Camera"), listed) == PLAIN
    assert find(parse_identity("camera:place=usb:1-6"), listed) == BUILT_IN
    assert find(parse_identity("camera: serial = 8B21F3 ;"), listed) == C920
    windows = ListedCamera(0, "Webcam", r"\\?\usb#vid_046d&pid_082d#5&1a#{65e8773d}\global", place=r"\\?\usb#vid_046d")
    assert find(parse_identity(rf"camera:place={windows.path}"), [windows, C920]) == windows


@pytest.mark.parametrize("words", ["camera:", "camera:vid=", "camera:vid=zoo", "camera:name", "camera:colour=red"])
def test_what_names_no_camera_is_told(words: str) -> None:
    with pytest.raises(OperatorCanMendError) as caught:
        parse_identity(words)
    assert (caught.value.code, caught.value.remedy) == ("camera.absent", Remedy.CHOOSE_PORT)


words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), max_size=20)
numbers = st.none() | st.integers(0, 0xFFFF)


@given(st.builds(CameraIdentity, words, numbers, numbers, words, words).filter(lambda each: each != CameraIdentity()))
def test_an_identity_reads_back_as_it_was_written(identity: CameraIdentity) -> None:
    assert parse_identity(str(identity)) == identity


def test_a_number_a_node_and_a_link_to_it_mean_the_same_camera(tmp_path: Path) -> None:
    by_id = tmp_path / "usb-046d_HD_Pro"
    by_id.symlink_to("/dev/video7")
    assert (number_of("7"), number_of("/dev/video7"), number_of("/dev/shm/../video7")) == (7, 7, 7)
    assert (number_of("/dev/null"), number_of("http://camera/7"), number_of("/home/video7")) == (None, None, None)


# -- what the kernel tells


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


def test_a_usb_camera_is_known_by_maker_serial_number_and_place(tmp_path: Path) -> None:
    sysfs = kernel(tmp_path, manufacturer="Logitech", serial="8B21F3", idVendor="046d")
    listed = ListedCamera(2, "HD Pro Webcam C920", "/dev/video2", 0x046D, 0x082D, place="/dev/video2")
    assert from_kernel(listed, sysfs) == C920


def test_what_the_kernel_does_not_know_stays_empty(tmp_path: Path) -> None:
    listed = ListedCamera(2, "", "/dev/video2", place="/dev/video2")
    assert from_kernel(listed, kernel(tmp_path)) == replace(listed, name="HD Pro Webcam C920")
    elsewhere = ListedCamera(7, "seven", "/dev/video7", place="/dev/video7")
    assert from_kernel(elsewhere, tmp_path / "class") == elsewhere
    windows = ListedCamera(2, "Webcam", r"\\?\usb#vid_046d", place=r"\\?\usb#vid_046d")
    assert from_kernel(windows, tmp_path / "class") == windows


def test_the_system_is_asked_with_the_backend_that_will_open() -> None:
    listed = listed_cameras(cv2.CAP_V4L2)
    assert all(Path(f"/dev/video{each.index}").exists() for each in listed)
    assert [each.index for each in listed] == sorted(each.index for each in listed)


def test_importing_and_making_a_camera_does_not_import_opencv() -> None:
    program = (
        "import sys; from devices.camera.opencv import OpenCvCamera; "
        "OpenCvCamera('camera', None, '0'); print('cv2' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "False\n"
