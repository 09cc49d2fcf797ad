"""The simulated camera in a process of its own, so that whoever measures a reader does not measure the sender too.

    python -m devices.camera.simulator.process --seed 3 --fps 30

prints one line of JSON with its `url`, then obeys lines of JSON on its standard input and answers each with one line
(`{}` where there is nothing to tell), until the input ends. `CameraProcess` speaks that for a program:

    {"do": "show", "face": {"seed": 4, "roll": 6.0}}    a person; null for nobody
    {"do": "show", "picture": "/folder/portrait.png"}
    {"do": "befall", "fault": "black"}                  null mends it
    {"do": "unplug"}    {"do": "replug"}
    {"do": "truth"}                                     where things are in the pictures, as `FaceTruth`
    {"do": "sent"}                                      frames sent so far
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, get_type_hints

import numpy as np

from devices.camera import BgrImage
from devices.camera.simulator import FPS, CameraFault, CameraSimulator, Scene
from devices.opencv_import import cv2
from devices.simulation.face import FaceTraits, FaceTruth

T = TypeVar("T")
Words = Mapping[str, Any]


class CameraProcess:
    """A `CameraSimulator` elsewhere, to be used in a `with` statement; at its end the process is gone.

    Args:
        scene: a person, the path of a picture, or nobody.
        fps: frames a second.
        sway: see `CameraSimulator`.
    """

    def __init__(self, scene: FaceTraits | Path | None = None, *, fps: float = FPS, sway: bool = True) -> None:
        self._scene = scene
        self._command = [sys.executable, "-m", __name__, "--fps", str(fps), *([] if sway else ["--still"])]
        self._process: subprocess.Popen[str] | None = None
        self.url = ""
        """What a driver is configured with. Valid inside the `with` statement."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            self.url = self._hear()["url"]
            self.show(self._scene)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.communicate()

    @property
    def pid(self) -> int:
        """Of the process."""
        assert self._process is not None
        return self._process.pid

    @property
    def truth(self) -> FaceTruth | None:
        """See `CameraSimulator.truth`."""
        truth = self._ask({"do": "truth"}).get("truth")
        return None if truth is None else _made(FaceTruth, truth)

    @property
    def frames_sent(self) -> int:
        """Frames handed to clients since the start."""
        return int(self._ask({"do": "sent"})["sent"])

    def show(self, scene: FaceTraits | Path | None) -> None:
        """Put somebody else, a picture or nobody in front of it."""
        if isinstance(scene, Path):
            self._ask({"do": "show", "picture": str(scene)})
        else:
            self._ask({"do": "show", "face": None if scene is None else asdict(scene)})

    def befall(self, fault: CameraFault | None) -> None:
        """Something goes wrong, instead of what was wrong before; None mends it."""
        self._ask({"do": "befall", "fault": fault})

    def unplug(self) -> None:
        """Pull the cable. Returns when it is out."""
        self._ask({"do": "unplug"})

    def replug(self) -> None:
        """Put the cable back. Returns when it is in."""
        self._ask({"do": "replug"})

    def _ask(self, words: Words) -> Words:
        if self._process is None or self._process.stdin is None:
            raise RuntimeError("the simulator is not running")
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        return self._hear()

    def _hear(self) -> Words:
        assert self._process is not None
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the simulator's process has ended")
        answer: Words = json.loads(line)
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer


def main() -> None:
    """Serve until the standard input ends."""
    parser = argparse.ArgumentParser(prog=f"python -m {__spec__.name}", description="A simulated camera.")
    parser.add_argument("--seed", type=int, help="of the person in front of it; nobody without")
    parser.add_argument("--picture", type=Path, help="shown instead of a person")
    parser.add_argument("--fps", type=float, default=FPS, help="frames a second")
    parser.add_argument("--still", action="store_true", help="nothing moves, noise alone differs")
    wanted = parser.parse_args()
    scene: Scene = None if wanted.seed is None else FaceTraits(seed=wanted.seed)
    if wanted.picture is not None:
        scene = _read(wanted.picture)
    with CameraSimulator(scene, fps=wanted.fps, sway=not wanted.still) as camera:
        _say({"url": camera.url})
        for line in sys.stdin:
            try:
                _say(_obey(camera, json.loads(line)))
            except (ValueError, TypeError, KeyError, OSError, cv2.error) as error:
                _say({"error": f"{type(error).__name__}: {error}"})


def _obey(camera: CameraSimulator, words: Words) -> Words:
    match words["do"]:
        case "show" if "picture" in words:
            camera.show(_read(Path(words["picture"])))
        case "show":
            camera.show(None if words["face"] is None else _made(FaceTraits, words["face"]))
        case "befall":
            camera.befall(None if words["fault"] is None else CameraFault(words["fault"]))
        case "unplug":
            camera.unplug()
        case "replug":
            camera.replug()
        case "truth":
            return {"truth": None if camera.truth is None else asdict(camera.truth)}
        case "sent":
            return {"sent": camera.frames_sent}
        case other:
            raise ValueError(f"no such wish: {other}")
    return {}


def _read(path: Path) -> BgrImage:
    image = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError("no picture in the file")
    return np.asarray(image, dtype=np.uint8)


def _made(kind: type[T], words: Words) -> T:
    """A dataclass from its fields as JSON has them: enumerations as words, tuples as lists."""
    hints = get_type_hints(kind)

    def field(name: str, value: Any) -> Any:  # noqa: ANN401 - whatever the dataclass holds
        hint = hints[name]
        if isinstance(value, list):
            return tuple(value)
        if isinstance(value, dict):
            return _made(kind, value)  # company is of the same kind
        return hint(value) if isinstance(hint, type) and issubclass(hint, Enum) else value

    return kind(**{name: field(name, value) for name, value in words.items()})


def _say(words: Words) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
