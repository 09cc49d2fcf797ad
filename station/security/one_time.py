"""Codes of an authenticator, the second factor: RFC 6238, six digits, a new one every thirty seconds.

Pure: what was taken before is told by whoever asks, so that a code which was looked over somebody's shoulder is worth
nothing once it was used.
"""

from __future__ import annotations

import base64
import hmac
import os
from datetime import datetime
from typing import Final

import pyotp

SECRET_BYTES: Final = 20
"""RFC 4226, 4: 160 bits."""
STEP_S: Final = 30
WINDOW: Final = 1
"""Steps by which the two clocks may differ, either way."""
ISSUER: Final = "KTP-el"


def new_secret() -> bytes:
    """For one officer's authenticator."""
    return os.urandom(SECRET_BYTES)


def as_text(secret: bytes) -> str:
    """The secret in base 32, to be typed where no picture can be taken."""
    return base64.b32encode(secret).decode("ascii")


def as_uri(secret: bytes, officer_id: str, station: str) -> str:
    """What the authenticator reads from a QR code: `otpauth://totp/...`; with the station's code, no person's name."""
    return _totp(secret).provisioning_uri(name=officer_id, issuer_name=f"{ISSUER} {station}")


def step_taken(secret: bytes, code: str, at: datetime, *, after: int) -> int | None:
    """The time step whose code this is, or None where it is none that may be taken.

    Args:
        secret: as `new_secret` gave it.
        code: as typed; spaces do not matter.
        at: now, aware.
        after: the step of the newest code that was taken before; that one and older ones are refused.
    """
    totp, typed, now = _totp(secret), "".join(code.split()), int(at.timestamp()) // STEP_S
    found = None
    for step in range(now - WINDOW, now + WINDOW + 1):
        right = hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode())
        if right and step > after:
            found = step
    return found


def _totp(secret: bytes) -> pyotp.TOTP:
    return pyotp.TOTP(as_text(secret), interval=STEP_S)
