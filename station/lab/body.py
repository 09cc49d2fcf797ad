"""The synthetic applicant: hears what the station wants and does it, at the devices' other ends, as a person would."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from devices.camera.simulator import CameraSimulator
from devices.fingerprint import GreyImage
from devices.fingerprint.simulator_r30x import R30xSimulator
from devices.fingerprint.simulator_slap import SlapGlass
from devices.positions import GROUPS, FingerPosition
from devices.signature_pad.simulator_topaz import TopazSimulator
from devices.simulation.face import Backdrop, FaceTraits
from devices.simulation.face_model import Headwear
from devices.simulation.finger import finger, impression
from devices.simulation.finger_slap import slap
from devices.simulation.stroke import signature
from devices.thermometer.simulator import Mcu90614Simulator
from station.lab.persona import Citizen
from station.services.prompts import Prompt, PromptKind, Prompts

HEALTHY_C: Final = 36.6
ALONE_S: Final = 4.0
"""How long each finger lies where nobody asks for it."""
PRESSED: Final = 0.4
"""How unevenly the person presses: good prints, none the same."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast they are, seconds before each movement, and whether they sign as fast as the wire takes it."""

    reaction_s: float
    hasty_pen: bool


AS_PEOPLE: Final = Pace(0.5, hasty_pen=False)
AT_ONCE: Final = Pace(0.0, hasty_pen=True)


@dataclass(frozen=True, slots=True)
class Ends:
    """The devices that the person touches.

    Attributes:
        camera: None where a picture stands in for it.
        glass: of a slap scanner, in place of the single-finger one; None where there is none.
    """

    camera: CameraSimulator | None
    scanner: R30xSimulator
    pad: TopazSimulator
    thermometer: Mcu90614Simulator
    glass: SlapGlass | None = None


class SyntheticPerson:
    """A thread that obeys prompts. What it does next is what was asked last.

    Args:
        ends: what it touches.
        pace: how fast it is.
        seat: told on its thread whose visit it is, as somebody sits down before the camera; may call `be`.
    """

    def __init__(self, ends: Ends, pace: Pace, seat: Callable[[str], None]) -> None:
        self._ends = ends
        self._pace = pace
        self._seat = seat
        self._wishes: queue.SimpleQueue[Prompt | None] = queue.SimpleQueue()
        self._hurry = threading.Event()
        self._thread: threading.Thread | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._citizen: Citizen | None = None
        self._tries = 0

    def be(self, citizen: Citizen) -> None:
        """Look like this citizen from now on."""
        self._citizen = citizen
        self._tries = 0
        if self._ends.camera is not None:
            self._ends.camera.show(face_of(citizen))
        self._ends.thermometer.point_at(HEALTHY_C)

    def start(self, prompts: Prompts) -> None:
        """Listen and obey. Idempotent."""
        if self._thread is not None:
            return
        self._hurry.clear()
        self._thread = threading.Thread(target=self._live, name="synthetic person")
        self._thread.start()
        self._unsubscribe = prompts.subscribe(self._hear)
        self._hear(prompts.current)

    def stop(self) -> None:
        """Stop listening, join the thread. Idempotent."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        if self._unsubscribe is not None:
            self._unsubscribe()
        self._hurry.set()
        self._wishes.put(None)
        thread.join()

    def act_alone(self, stop: threading.Event) -> None:
        """Without a station to obey: lay each finger in turn, and sign now and then, until `stop`. Blocks."""
        while not stop.is_set():
            for position in FingerPosition:
                self._obey(Prompt(PromptKind.PLACE_FINGER, (position,)))
                if stop.wait(ALONE_S):
                    return
                self._obey(Prompt(PromptKind.LIFT_FINGER, (position,)))
                if stop.wait(ALONE_S / 2):
                    return
            self._obey(Prompt(PromptKind.SIGN))

    def _hear(self, prompt: Prompt) -> None:
        self._wishes.put(prompt)

    def _live(self) -> None:
        while (prompt := self._wishes.get()) is not None:
            if prompt.kind is PromptKind.NOTHING:
                continue
            if prompt.kind is PromptKind.LOOK_AT_CAMERA and prompt.subject:
                self._seat(prompt.subject)
            self._hurry.wait(self._pace.reaction_s)
            if self._wishes.empty():  # else something newer is wanted already
                self._obey(prompt)

    def _obey(self, prompt: Prompt) -> None:
        assert self._citizen is not None
        match prompt.kind:
            case PromptKind.PLACE_FINGER if prompt.fingers:
                self._lay(prompt.fingers)
            case PromptKind.LIFT_FINGER:
                self._ends.scanner.lift()
                if self._ends.glass is not None:
                    self._ends.glass.lift()
            case PromptKind.SIGN:
                self._ends.pad.sign(signature(self._citizen.seed), fast=self._pace.hasty_pen)
            case _:
                pass  # they sit before the camera, and are as warm as they are

    def _lay(self, fingers: tuple[FingerPosition, ...]) -> None:
        assert self._citizen is not None
        if self._ends.glass is None:
            self._ends.scanner.place_finger(self._print(fingers[0]))
            return
        self._tries += 1
        group = next((each for each in GROUPS if set(fingers) <= set(each) and len(fingers) > 1), fingers)
        missing = frozenset(group) - frozenset(fingers)
        self._ends.glass.place(slap(self._citizen.seed, group, missing, attempt=self._tries))

    def _print(self, position: FingerPosition) -> GreyImage:
        assert self._citizen is not None
        self._tries += 1
        return impression(finger(self._citizen.seed, position), self._tries, strength=PRESSED)


def face_of(citizen: Citizen) -> FaceTraits:
    """The face that goes with the biodata, before the backdrop that the year of birth asks for."""
    hair = (Headwear.LONG_HAIR, Headwear.HEADSCARF)[citizen.seed % 2] if citizen.female else Headwear.SHORT_HAIR
    backdrop = Backdrop.RED if citizen.birth_year % 2 else Backdrop.BLUE
    return FaceTraits(seed=citizen.seed, headwear=hair, backdrop=backdrop)
