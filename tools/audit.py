"""Ask the advisory database about every locked package, and say plainly where it could not be asked.

Ends with 0 where no package is known to be vulnerable, 1 where one is, 2 where not all could be asked about.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).parents[1] / "requirements" / "lock.txt"
OPTIONS = ["--disable-pip", "--require-hashes", "--progress-spinner=off", "-f", "json"]


def say(words: str) -> None:
    """One line."""
    sys.stdout.write(f"audit: {words}\n")


def main() -> int:
    """The command."""
    command = [sys.executable, "-m", "pip_audit", *OPTIONS, "-r", str(LOCK)]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words, no shell
    try:
        packages = json.loads(asked.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = asked.stderr.strip().splitlines()[-1:] or ["no answer"]
        say(f"nothing was audited, its source is out of reach: {last[0]}")
        return 2
    known = [(each["name"], flaw["id"]) for each in packages for flaw in each.get("vulns", ())]
    missed = [each["name"] for each in packages if "skip_reason" in each]
    for name, flaw in known:
        say(f"{name}: {flaw}")
    if missed:
        say(f"{len(missed)} of {len(packages)} packages were not audited: the source did not answer for them")
    say(f"{len(known)} known flaws in {len(packages) - len(missed)} packages")
    return 1 if known else 2 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
