"""Where the station's secrets rest: the one interface, and the names that screen, packet and settings tell.

There is no fallback from one to another: what is in force is written in the keys' folder, and where it cannot be
opened the station says so and does not start.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from station.security.material import Secrets


class VaultName(StrEnum):
    """What guards the keys at rest."""

    FILE = "file"
    """Nothing but the file's permissions: for practice."""
    PASSPHRASE = "passphrase"  # noqa: S105 - a name, not a secret
    KEYRING = "keyring"
    TPM = "tpm"
    """The machine's TPM 2.0."""

    @property
    def protects(self) -> bool:
        """Whether somebody who carries the disk away has not the keys too."""
        return self is not VaultName.FILE


VAULT_FILE: Final = "vault.json"
"""In the keys' folder: which one is in force."""


class KeyVault(Protocol):
    """Keeps one station's secrets. What is not secret (an id, parameters) lies in `folder`, which is there."""

    @property
    def name(self) -> VaultName:
        """What it is."""
        ...

    def put(self, folder: Path, secrets: Secrets) -> None:
        """Keep them, durably: afterwards `get` gives these, or after a power cut what it gave before.

        Raises:
            StationError: `keys.*`, it cannot.
            OSError: the folder cannot be written.
        """
        ...

    def get(self, folder: Path) -> Secrets:
        """What is kept.

        Raises:
            FileNotFoundError: naming what is missing.
            StationError: `keys.damaged` naming what, or that it does not open.
        """
        ...

    def drop(self, folder: Path) -> None:
        """Forget them; nothing is said where there are none.

        Raises:
            StationError: `keys.*`, it cannot.
            OSError: the folder cannot be written.
        """
        ...
