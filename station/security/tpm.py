"""Secrets that one machine's TPM 2.0 alone gives back.

A random key is sealed by the TPM under its storage root key (an elliptic-curve primary key of the owner's hierarchy,
made anew from the TPM's own seed each time, as the TCG's provisioning guidance has it); the secrets lie beside it under
that key. Whoever carries the disk away has nothing; whoever carries the whole machine away has all, unless the disk
asks for a passphrase as well. No platform state (PCR) is asked for: new firmware would lock the station out.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from station.errors import StationError, WayOn
from station.security.durable import damaged, read_document, write_document
from station.security.material import KEY_BYTES, Secrets
from station.security.vault import VaultName

if TYPE_CHECKING:
    from tpm2_pytss import ESAPI

SEALED: Final = "tpm.json"
TCTI_VARIABLE: Final = "KTPEL_TPM"
DEFAULT_TCTI: Final = "device:/dev/tpmrm0"
"""The kernel's resource manager, so that other programs may use the TPM at the same time."""
_NONCE_BYTES: Final = 12


class TpmVault:
    """One file: the sealed key's two halves as the TPM gave them, and AES-256-GCM under that key.

    Args:
        tcti: where the TPM is, as the TSS names it, e.g. `device:/dev/tpmrm0`, `swtpm:port=2321`.
    """

    name = VaultName.TPM

    def __init__(self, tcti: str = "") -> None:
        self._tcti = tcti or os.environ.get(TCTI_VARIABLE, DEFAULT_TCTI)

    def put(self, folder: Path, secrets: Secrets) -> None:
        """See `KeyVault`. Raises also StationError `keys.no_tpm`, `keys.tpm_refuses`."""
        key, nonce = os.urandom(KEY_BYTES), os.urandom(_NONCE_BYTES)
        private, public = self._sealed(key)
        header = {"private": private.hex(), "public": public.hex()}
        sealed = AESGCM(key).encrypt(nonce, secrets.packed(), _bound(header))
        if self._unsealed(private, public) != key:
            raise StationError("keys.tpm_refuses", WayOn.CALL_TECHNICIAN, "read back otherwise")
        write_document(folder / SEALED, {**header, "nonce": nonce.hex(), "sealed": sealed.hex()})

    def get(self, folder: Path) -> Secrets:
        """See `KeyVault`. Raises also StationError `keys.no_tpm`, `keys.tpm_refuses` (it is another machine's)."""
        fields = read_document(folder / SEALED)
        try:
            nonce, sealed, private, public = (
                bytes.fromhex(str(fields[name])) for name in ("nonce", "sealed", "private", "public")
            )
        except (KeyError, ValueError) as error:
            raise damaged(SEALED) from error
        header = {"private": private.hex(), "public": public.hex()}
        try:
            return Secrets.unpacked(AESGCM(self._unsealed(private, public)).decrypt(nonce, sealed, _bound(header)))
        except (InvalidTag, ValueError) as error:
            raise damaged(SEALED) from error

    def drop(self, folder: Path) -> None:
        """See `KeyVault`."""
        (folder / SEALED).unlink(missing_ok=True)

    def _sealed(self, key: bytes) -> tuple[bytes, bytes]:
        """The TPM's own two halves of a sealed object, marshalled: the private one is encrypted by the TPM."""
        from tpm2_pytss import (  # noqa: PLC0415 - an extra, loaded where a TPM is in force
            TPM2B_PUBLIC,
            TPM2B_SENSITIVE_CREATE,
            TPMA_OBJECT,
            TPMS_SENSITIVE_CREATE,
            TPMT_PUBLIC,
        )

        attributes = TPMA_OBJECT.FIXEDTPM | TPMA_OBJECT.FIXEDPARENT | TPMA_OBJECT.USERWITHAUTH | TPMA_OBJECT.NODA
        template = TPM2B_PUBLIC(TPMT_PUBLIC.parse("keyedhash", objectAttributes=attributes))
        with self._tpm() as tpm, _root(tpm) as root:
            inner = TPM2B_SENSITIVE_CREATE(TPMS_SENSITIVE_CREATE(data=key))
            private, public, *_ = tpm.create(root, inner, template)
            return private.marshal(), public.marshal()

    def _unsealed(self, private: bytes, public: bytes) -> bytes:
        from tpm2_pytss import TPM2B_PRIVATE, TPM2B_PUBLIC  # noqa: PLC0415 - as above

        with self._tpm() as tpm, _root(tpm) as root:
            one, _ = TPM2B_PRIVATE.unmarshal(private)
            other, _ = TPM2B_PUBLIC.unmarshal(public)
            handle = tpm.load(root, one, other)
            try:
                return bytes(tpm.unseal(handle))
            finally:
                tpm.flush_context(handle)

    @contextmanager
    def _tpm(self) -> Iterator[ESAPI]:
        """A session with the TPM; whatever it refuses is told as one of ours."""
        os.environ.setdefault("TSS2_LOG", "all+NONE")  # it writes to the standard error output
        try:
            from tpm2_pytss import ESAPI, TSS2_Exception  # noqa: PLC0415 - as above
        except ImportError as error:
            raise StationError("keys.no_tpm", WayOn.CHECK_SETTINGS, "tpm2-pytss") from error
        try:
            session = ESAPI(self._tcti)
        except (TSS2_Exception, RuntimeError) as error:
            raise StationError("keys.no_tpm", WayOn.CHECK_SETTINGS) from error
        with session:
            try:
                yield session
            except TSS2_Exception as error:
                raise StationError("keys.tpm_refuses", WayOn.RESTORE_BACKUP, f"{error.rc:#x}") from error


@contextmanager
def _root(tpm: ESAPI) -> Iterator[object]:
    """The storage root key, for as long as it is needed."""
    handle, *_ = tpm.create_primary(None, "ecc")
    try:
        yield handle
    finally:
        tpm.flush_context(handle)


def _bound(header: dict[str, str]) -> bytes:
    return json.dumps(header, sort_keys=True).encode()
