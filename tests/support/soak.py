"""Long runs: what the suite samples with a seed, `make soak` does whole. Such a test is marked `soak`."""

from __future__ import annotations

import os
from typing import Final

SOAK: Final = "KTPEL_SOAK" in os.environ
