"""Checking one signature, in the one form that this station writes.

`cryptography` writes CMS SignedData and decrypts EnvelopedData, but does not verify. The profile here is deliberately
narrow (RFC 5652: one signer, attached data, SHA-256, signed attributes, the signer's certificate and no other, DER
without slack), and every byte outside the signature is compared with what it must be: so there is no byte that could be
changed unseen. Trust is a pinned certificate, not a chain.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

INTEGER: Final = 0x02
OCTET_STRING: Final = 0x04
OBJECT_IDENTIFIER: Final = 0x06
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31
CONTEXT_0: Final = 0xA0
NULL: Final = b"\x05\x00"

_SIGNED_DATA: Final = bytes.fromhex("2a864886f70d010702")
_DATA: Final = bytes.fromhex("2a864886f70d010701")
_CONTENT_TYPE: Final = bytes.fromhex("2a864886f70d010903")
_MESSAGE_DIGEST: Final = bytes.fromhex("2a864886f70d010904")
_SIGNING_TIME: Final = bytes.fromhex("2a864886f70d010905")
_SHA256: Final = bytes.fromhex("608648016503040201")
_RSA: Final = bytes.fromhex("2a864886f70d010101")
_SHA256_WITH_RSA: Final = bytes.fromhex("2a864886f70d01010b")
_ECDSA_WITH_SHA256: Final = bytes.fromhex("2a8648ce3d040302")


class CmsError(ValueError):
    """Not signed by the trusted certificate, or not in the one form."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed. `signed_at` is the signer's own word (UTC), None where it gave none."""

    content: bytes
    signed_at: datetime | None

    def __repr__(self) -> str:
        return f"Signed({len(self.content)} bytes, {self.signed_at})"


class Der:
    """Reads one value after another, DER only: definite lengths in their shortest form."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def peek(self) -> int:
        """The next tag, or -1 at the end."""
        return self._data[self._at] if self._at < len(self._data) else -1

    def whole(self, tag: int) -> bytes:
        """The next value with its tag and length.

        Raises:
            CmsError: another tag, or a length that is not DER.
        """
        start, begin, end = self._at, *self._bounds(tag)
        del begin
        self._at = end
        return self._data[start:end]

    def take(self, tag: int) -> bytes:
        """The content of the next value.

        Raises:
            CmsError: another tag, or a length that is not DER.
        """
        begin, end = self._bounds(tag)
        self._at = end
        return self._data[begin:end]

    def inside(self, tag: int) -> Der:
        """A reader of the next value's content; same errors."""
        return Der(self.take(tag))

    def finish(self) -> None:
        """Nothing may follow.

        Raises:
            CmsError: something does.
        """
        if self._at != len(self._data):
            raise CmsError("bytes left over")

    def _bounds(self, tag: int) -> tuple[int, int]:
        head = self._data[self._at : self._at + 2]
        if len(head) < 2 or head[0] != tag:
            raise CmsError(f"no value of tag {tag:#04x}")
        begin, length = self._at + 2, head[1]
        if length >= 0x80:
            count = length & 0x7F
            told = self._data[begin : begin + count]
            begin, length = begin + count, int.from_bytes(told, "big")
            if not 1 <= count <= 4 or len(told) != count or told[0] == 0 or length < 0x80:
                raise CmsError("a length that is not DER")
        if begin + length > len(self._data):
            raise CmsError("a value longer than the rest")
        return begin, begin + length


def verify_signed(data: bytes, signer: x509.Certificate) -> Signed:
    """What is attached to a CMS SignedData, if `signer` and nobody else signed it.

    Args:
        data: DER of the ContentInfo.
        signer: the trusted certificate, P-256 or RSA; the one inside must be this one to the byte.

    Raises:
        CmsError: not in the one form, of another signer, or the signature does not hold.
    """
    outer = Der(data)
    info = outer.inside(SEQUENCE)
    outer.finish()
    _expect(info.take(OBJECT_IDENTIFIER), _SIGNED_DATA, "content type")
    explicit = info.inside(CONTEXT_0)
    info.finish()
    signed = explicit.inside(SEQUENCE)
    explicit.finish()

    _expect(signed.take(INTEGER), b"\x01", "version")
    digests = signed.inside(SET)
    _expect_algorithm(digests, (_SHA256,))
    digests.finish()
    content = _attached(signed.inside(SEQUENCE))
    _expect(signed.take(CONTEXT_0), signer.public_bytes(Encoding.DER), "certificate")
    signers = signed.inside(SET)
    signed.finish()
    one = signers.inside(SEQUENCE)
    signers.finish()

    _expect(one.take(INTEGER), b"\x01", "version of the signer")
    _expect(one.whole(SEQUENCE), _issuer_and_serial(signer), "signer")
    _expect_algorithm(one, (_SHA256,))
    attributes = one.take(CONTEXT_0)
    public_key = signer.public_key()
    is_rsa = isinstance(public_key, rsa.RSAPublicKey)
    _expect_algorithm(one, (_RSA, _SHA256_WITH_RSA) if is_rsa else (_ECDSA_WITH_SHA256,))
    signature = one.take(OCTET_STRING)
    one.finish()

    over = _tagged(SET, attributes)  # the signature is over the attributes as a SET, not as [0] (RFC 5652, 5.4)
    try:
        match public_key:
            case rsa.RSAPublicKey():
                public_key.verify(signature, over, padding.PKCS1v15(), hashes.SHA256())
            case ec.EllipticCurvePublicKey():
                public_key.verify(signature, over, ec.ECDSA(hashes.SHA256()))
            case _:
                raise CmsError("a kind of key that signs no packets")
    except InvalidSignature as error:
        raise CmsError("the signature does not hold") from error
    return Signed(content, _check_attributes(attributes, content))


def _attached(encapsulated: Der) -> bytes:
    _expect(encapsulated.take(OBJECT_IDENTIFIER), _DATA, "type of the content")
    explicit = encapsulated.inside(CONTEXT_0)
    encapsulated.finish()
    content = explicit.take(OCTET_STRING)
    explicit.finish()
    return content


def _check_attributes(attributes: bytes, content: bytes) -> datetime | None:
    reader, found = Der(attributes), dict[bytes, Der]()
    while reader.peek() != -1:
        attribute = reader.inside(SEQUENCE)
        name = attribute.take(OBJECT_IDENTIFIER)
        if name in found:
            raise CmsError("an attribute twice")
        found[name] = attribute.inside(SET)
        attribute.finish()
    if _CONTENT_TYPE not in found or _MESSAGE_DIGEST not in found:
        raise CmsError("an attribute is missing")
    _expect(found[_CONTENT_TYPE].take(OBJECT_IDENTIFIER), _DATA, "signed type of the content")
    digest = found[_MESSAGE_DIGEST].take(OCTET_STRING)
    if not hmac.compare_digest(digest, hashlib.sha256(content).digest()):
        raise CmsError("the digest differs")
    return _time(found[_SIGNING_TIME]) if _SIGNING_TIME in found else None


def _time(value: Der) -> datetime:
    short = value.peek() == UTC_TIME
    text = value.take(UTC_TIME if short else GENERALIZED_TIME)
    try:
        told = datetime.strptime(text.decode("ascii"), "%y%m%d%H%M%SZ" if short else "%Y%m%d%H%M%SZ")  # noqa: DTZ007 - Z is UTC, set below
    except ValueError as error:
        raise CmsError("no signing time") from error
    return told.replace(tzinfo=UTC)


def _issuer_and_serial(certificate: x509.Certificate) -> bytes:
    number = certificate.serial_number
    serial = _tagged(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))
    return _tagged(SEQUENCE, certificate.issuer.public_bytes() + serial)


def _expect_algorithm(reader: Der, wanted: tuple[bytes, ...]) -> None:
    """One of these; its parameters absent or NULL, as RFC 5754 lets a writer choose."""
    told = reader.take(SEQUENCE)
    if told not in {_tagged(OBJECT_IDENTIFIER, name) + rest for name in wanted for rest in (b"", NULL)}:
        raise CmsError("another algorithm")


def _expect(told: bytes, wanted: bytes, what: str) -> None:
    if told != wanted:
        raise CmsError(f"another {what}")


def _tagged(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content
