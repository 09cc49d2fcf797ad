"""Records in a child process that is killed without warning, again and again, and looks at what is left.

Run as a program: `python -m tests.support.power_cut FOLDER SEED RUNS` prints one JSON object a run; without RUNS it
makes one recording that nobody ends, its confirmations written to the standard output.

Every run forks a child that makes one whole recording through the real services on simulated devices; after each step,
once the services have said that it is kept, the child tells its parent, as the screen would tell the operator. The
parent kills it with SIGKILL: in even runs at a uniformly random moment of the whole recording, in odd runs at a random
moment inside a random commit or inside the seal. Then the store is opened as the next start would, and held to what was
told.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import pytest

import station.biometrics.images
import station.biometrics.signature_iso
import station.documents.receipt
import station.packet.archive
import station.packet.sealing
import station.services.sealing
from devices.positions import FingerPosition
from devices.simulation.finger import finger
from station.bootstrap import DATABASE, KEYS, build
from station.config import Settings
from station.domain.enrollment import Enrollment
from station.domain.step import State
from station.lab.lab import Lab
from station.security.keys import KeyRing
from station.services.sealing import Sealer
from station.store import Store, Work
from tests.support.recorder import Recorder

COMMITS, INSIDE, SEALING = 0, 8, 16
"""Places in the shared page: how many commits have begun; whether one is under way; whether the seal is."""
SEED = 7


UNTOLD = 3
"""Most entries between two confirmations: the end of the fingers, the signature, its end."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the confirmation of a step was about: the visit, its entries so far and their digest, each blob's digest."""

    step: str
    visit: str
    state: str
    entries: int
    history: str
    blobs: dict[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run.

    Attributes:
        aimed: at a commit or the seal; else at any moment.
        inside: whether a commit or the seal was under way when the child was killed.
        step: what it had told last.
        found: the state that the record opens in.
        wrong: what should not be; empty where all is well.
        resumed: where a second child brought the recording to, "" where none was asked to.
    """

    aimed: bool
    inside: bool
    step: str
    found: str
    wrong: list[str] = field(default_factory=list)
    resumed: str = ""


def digest(enrollment: Enrollment, count: int) -> str:
    """Of the first `count` entries, field by field: the applicant's own repr is masked on purpose."""
    told = hashlib.sha256()
    for entry in enrollment.entries[:count]:
        told.update(type(entry).__name__.encode() + _plain(entry).encode())
    return told.hexdigest()


def _plain(value: Any) -> str:
    if hasattr(value, "__dataclass_fields__"):
        return "{" + ",".join(f"{name}:{_plain(getattr(value, name))}" for name in value.__dataclass_fields__) + "}"
    if isinstance(value, tuple):
        return "[" + ",".join(map(_plain, value)) + "]"
    return value.isoformat() if isinstance(value, datetime) else repr(value)  # zones have many reprs


def blobs_of(work: Work, enrollment: Enrollment) -> dict[str, str]:
    """Digests of all captures, unless the seal has destroyed them, and of the receipt."""
    ids = [each.blob_id for each in enrollment.portraits]
    ids += [each.blob_id for each in enrollment.exception_portraits]
    ids += [each.blob_id for each in enrollment.fingers]
    ids += [each.blob_id for each in enrollment.signatures]
    ids = ids if enrollment.sealed is None else []
    ids += [enrollment.receipt.blob_id] if enrollment.receipt else []
    return {each: hashlib.sha256(work.blobs.get(each)).hexdigest() for each in ids}


# -- the child


def watch_commits(page: mmap.mmap) -> None:
    """From now on the shared page tells when a commit or the seal is under way."""
    commit, seal = Work.commit, Sealer.seal
    write = station.packet.sealing.write_packet

    def watched_commit(work: Work) -> None:
        page[COMMITS:INSIDE] = (int.from_bytes(page[COMMITS:INSIDE]) + 1).to_bytes(8)
        page[INSIDE] = 1
        commit(work)
        page[INSIDE] = 0

    def watched_seal(sealer: Sealer, *args: Any) -> Any:
        page[SEALING] = 1
        sealed = seal(sealer, *args)
        page[SEALING] = 0
        return sealed

    def watched_write(*args: Any) -> Any:
        page[SEALING] = 1
        written = write(*args)
        page[SEALING] = 0
        return written

    patch = pytest.MonkeyPatch()  # never undone: the process is about to be killed
    patch.setattr(Work, "commit", watched_commit)
    patch.setattr(Sealer, "seal", watched_seal)
    patch.setattr(station.packet.sealing, "write_packet", watched_write)


def child(folder: Path, page: mmap.mmap, pipe: int, *, record: bool = True) -> NoReturn:
    """Open the station, record once, end the process."""
    code = 1
    try:
        with Lab(lifelike=False, cards=False, seed=SEED) as lab:
            here = build(lab.settings(Settings(data_dir=folder)))

            def tell(step: str, enrollment: Enrollment) -> None:
                def look() -> dict[str, str]:
                    with here._records.work() as work:
                        return blobs_of(work, enrollment)

                count = len(enrollment.entries)
                told = Told(
                    step,
                    enrollment.visit_id,
                    enrollment.state.value,
                    count,
                    digest(enrollment, count),
                    here.desk.submit(look).result(),
                )
                os.write(pipe, json.dumps(asdict(told)).encode() + b"\n")

            try:
                recorder = Recorder(here, lab, tell)
                recorder.begin()
                watch_commits(page)
                os.write(pipe, b'"ready"\n')
                if record:
                    recorder.run()
                code = 0
            finally:
                here.stop()
    except BaseException:  # noqa: BLE001 - the parent must see why, and nothing of the parent may run here
        traceback.print_exc()
    finally:
        os._exit(code)


# -- the parent


def prepare(folder: Path) -> tuple[float, int]:
    """Make the folder that every run begins with; returns a recording's seconds and how many commits it has."""
    maker = os.fork()  # so that no thread or library of a running station is in the process that forks the others
    if maker == 0:
        child(folder, mmap.mmap(-1, mmap.PAGESIZE), os.open(os.devnull, os.O_WRONLY), record=False)
    assert os.waitpid(maker, 0)[1] == 0
    whole = folder.with_name("whole")
    shutil.copytree(folder, whole)
    with _forked(whole) as (process, lines, page):
        assert next(lines) == "ready"
        began = time.monotonic()
        for _ in lines:
            pass
        seconds = time.monotonic() - began
        _, status = os.waitpid(process, 0)
        assert status == 0, "the recording does not even succeed when nobody ends it"
        return seconds, int.from_bytes(page[COMMITS:INSIDE])


def cut(
    folder: Path, chance: random.Random, seconds: float, commits: int, *, aimed: bool, resume: bool = False
) -> Outcome:
    """Record in `folder`, kill, look; where asked, start again and record to the end."""
    last: Told | None = None
    with _forked(folder) as (process, lines, page):
        assert next(lines) == "ready"
        if aimed:
            _wait_inside(process, page, chance.randint(1, commits + 3) - 3, chance)
        else:
            time.sleep(chance.uniform(0, seconds))  # the random moment itself: there is nothing to wait for
        os.kill(process, signal.SIGKILL)
        inside = bool(page[INSIDE] or page[SEALING])
        for line in lines:
            last = Told(**line)
        os.waitpid(process, 0)
    outcome = _look(folder, last, aimed=aimed, inside=inside)
    return replace(outcome, resumed=_resume(folder, last, outcome.found)) if resume else outcome


def _resume(folder: Path, last: Told | None, found: str) -> str:
    """The state in which a second child leaves the visit that the first one had begun.

    What was sealed, or is by the start itself since it was approved, is done: then that child's own visit is told.
    """
    done, state = found in {State.SEALING.value, State.SEALED.value}, ""
    with _forked(folder) as (process, lines, _):
        assert next(lines) == "ready"
        for line in lines:
            told = Told(**line)
            if last is not None and told.visit != last.visit and not done:
                state = "another visit was opened"
                break
            state = told.state
        _, status = os.waitpid(process, 0)
    return state if status == 0 else "failed"


def _wait_inside(process: int, page: mmap.mmap, number: int, chance: random.Random) -> None:
    """Until the commit of that number is under way (below 1: the seal), and then a random while within it."""
    while os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if number < 1 and page[SEALING]:
            time.sleep(chance.uniform(0, 0.15))
            return
        if number >= 1 and page[INSIDE] and int.from_bytes(page[COMMITS:INSIDE]) >= number:
            time.sleep(chance.uniform(0, 0.002))
            return


def _look(folder: Path, last: Told | None, *, aimed: bool, inside: bool) -> Outcome:
    """Open what is left as the next start does, and hold it to what was told."""
    wrong: list[str] = []
    practice = Settings(data_dir=folder).data_dir / "practice"
    keys = KeyRing.open_or_create(practice / KEYS)
    store = Store.open(practice / DATABASE, keys.database_key, cipher=keys.cipher, whole=True)
    found = "nothing"
    try:
        with store.work() as work:
            visits = work.visits.summaries()
            if last is not None:
                enrollment = work.visits.load(last.visit)
                found = enrollment.state.value
                if len(enrollment.entries) < last.entries:
                    wrong.append("a confirmed step is gone")
                elif digest(enrollment, last.entries) != last.history:
                    wrong.append("what was confirmed reads otherwise")
                if len(enrollment.entries) > last.entries + UNTOLD:
                    wrong.append("more than the step under way was written")
                if len(enrollment.entries) == last.entries and enrollment.state.value != last.state:
                    wrong.append("it opens at another step")
                blobs = blobs_of(work, enrollment)
                kept = last.blobs if enrollment.sealed is None else {}
                wrong += ["a confirmed capture differs" for name, sha in kept.items() if blobs.get(name) != sha]
                wrong += _packet(practice, enrollment)
            elif len(visits) > 1:
                wrong.append("visits that nobody opened")
    finally:
        store.close()
    return Outcome(aimed, inside, last.step if last else "", found, wrong)


def _packet(practice: Path, enrollment: Enrollment) -> list[str]:
    """A sealed recording has its packet whole, and there is no half one under a packet's name."""
    wrong = []
    if enrollment.sealed is not None:
        data = (practice / "packets" / enrollment.sealed.file_name).read_bytes()
        if hashlib.sha256(data).hexdigest() != enrollment.sealed.sha256:
            wrong.append("the packet is not the one that was sealed")
    return wrong


@contextmanager
def _forked(folder: Path) -> Iterator[tuple[int, Iterator[Any], mmap.mmap]]:
    """A child that records in `folder`; its process id, the lines that it tells, and the shared page."""
    page = mmap.mmap(-1, mmap.PAGESIZE)
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        child(folder, page, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        # A last line that the kill cut short was never confirmed.
        yield process, (json.loads(line) for line in told if line.endswith(b"\n")), page
    page.close()


RESUMED_EACH = 3


def main(folder: Path, seed: int, runs: int) -> None:
    """Print what came of `runs` recordings, one JSON object a line."""
    for position in FingerPosition:
        finger(SEED, position)  # grown once here, and there in every child
    fresh = folder / "fresh"
    if not runs:
        child(fresh, mmap.mmap(-1, mmap.PAGESIZE), sys.stdout.fileno())
    chance = random.Random(seed)
    seconds, commits = prepare(fresh)
    _print({"seconds": seconds, "commits": commits})
    for number in range(runs):
        here = folder / f"run-{number}"
        shutil.copytree(fresh, here)
        resume = number % RESUMED_EACH == RESUMED_EACH - 1
        _print(asdict(cut(here, chance, seconds, commits, aimed=bool(number % 2), resume=resume)))
        shutil.rmtree(here)


def _print(found: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0)
