"""Public tools at the simulated cards: what we simulate is what independent programs know, and read as we do."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from devices.card_reader.pcsc import PcscReader
from devices.card_reader.simulator import CardReaderSimulator
from devices.card_reader.virtual_card import CardKind, CardSpec
from protocols.clock import SystemClock
from station.security.officer_card import OfficerCard, fingerprint
from tests.support.cards import PIN, issue, officer_card, rsa2048
from tests.support.counter import Counter

KTPEL = CardSpec(CardKind.KTPEL, bytes.fromhex("04A1B2C3D4E5F6"), photo=b"\xff\xd8\xff" + bytes(range(97)))
ROOT = issue("Root of tests", authority=True)
OFFICER = issue("petugas", ROOT, key=rsa2048())
NAMED = "00a4040009a000000308"
"""SELECT of the PIV application by the part of its name that all versions share."""


@pytest.fixture(scope="module")
def service() -> Iterator[CardReaderSimulator]:
    """A KTP-el in the first slot, an officer's card in the second, both noticed."""
    with CardReaderSimulator() as simulator:
        for slot, card in enumerate((KTPEL, officer_card(OFFICER))):
            simulator.insert(card, slot)
            onlooker = _reader(simulator, slot)
            while onlooker.wait_event(3) is None:
                pass
            onlooker.close()
        yield simulator


def _reader(service: CardReaderSimulator, slot: int) -> PcscReader:
    reader = PcscReader("card_reader", Counter().gate, service.readers[slot], service=service.socket_path)
    reader.open()
    return reader


def told(service: CardReaderSimulator, slot: int, since: int) -> list[str]:
    return [each.hex() for each in service.apdus(slot)[since:]]


def run(service: CardReaderSimulator, *words: str) -> str:
    done = subprocess.run(
        words,
        env={"PCSCLITE_CSOCK_NAME": service.socket_path, "PATH": "/usr/bin", "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    return done.stdout


def test_pcsc_scan_lists_both_slots_and_their_cards(service: CardReaderSimulator) -> None:
    before = service.apdus(0), service.apdus(1)
    assert run(service, "pcsc_scan", "-r").split("\n")[:2] == [
        f"{number}: {name}" for number, name in enumerate(service.readers)
    ]
    cards = run(service, "pcsc_scan", "-c", "-n", "-t", "5")
    for card in (KTPEL, officer_card(OFFICER)):
        assert f"ATR: {card.atr.hex(' ').upper()}\n" in cards
    assert cards.count("Card inserted") == 2
    assert (service.apdus(0), service.apdus(1)) == before  # to look is not to ask


def test_opensc_tool_reads_the_ktpel_by_the_commands_that_we_send(service: CardReaderSimulator) -> None:
    since = len(service.apdus(0))
    select = "00a40000027f0a"
    commands = [select, "ffca000000", select, "00a40000026ff2", "00b0000002", "00b0000264"]
    words = [word for command in commands for word in ("-s", command)]
    heard = run(service, "opensc-tool", "--reader", "0", *words)
    assert heard.count("SW1=0x90, SW2=0x00") == len(commands)
    assert KTPEL.uid.hex(" ").upper() in heard
    photo = bytes.fromhex("".join(line[:48] for line in heard.rpartition("SW2=0x00):")[2].splitlines()))
    assert photo == KTPEL.photo
    assert told(service, 0, since)[-len(commands) :] == commands  # before them it looks for cards that it knows
    since = len(service.apdus(0))
    counter = Counter()
    reader = PcscReader("card_reader", counter.gate, service=service.socket_path)
    reader.open()
    assert (reader.read_uid(), reader.read_photo(counter.armed(reader))) == (KTPEL.uid, KTPEL.photo)
    reader.close()
    assert told(service, 0, since) == commands


def test_opensc_tool_knows_the_officer_s_card_by_its_answers(service: CardReaderSimulator) -> None:
    since = len(service.apdus(1))
    assert run(service, "opensc-tool", "--reader", "1", "--name") == "Personal Identity Verification Card\n"
    assert any(each.startswith(NAMED) for each in told(service, 1, since))


def test_pkcs15_tool_reads_the_certificate_that_we_read(service: CardReaderSimulator) -> None:
    since = len(service.apdus(1))
    pem = run(service, "pkcs15-tool", "--reader", "1", "--read-certificate", "1")
    assert x509.load_pem_x509_certificate(pem.encode()) == OFFICER.certificate
    assert any(each.startswith("00cb3fff055c035fc105") for each in told(service, 1, since))
    reader = _reader(service, 1)
    identity = OfficerCard([ROOT.certificate], SystemClock()).sign_on(reader, PIN)
    reader.close()
    assert identity.fingerprint == fingerprint(OFFICER.der)


def test_pkcs11_tool_signs_with_the_officer_s_card(service: CardReaderSimulator, tmp_path: Path) -> None:
    """The card's key, PIN and algorithm are those of a PIV card to a program that signs with many kinds."""
    since = len(service.apdus(1))
    text, signature = tmp_path / "text", tmp_path / "signature"
    text.write_bytes(b"anything")
    run(
        service,
        "pkcs11-tool",
        *("--slot-index", "1", "--login", "--pin", PIN, "--sign", "--mechanism", "SHA256-RSA-PKCS", "--id", "01"),
        *("--input-file", str(text), "--output-file", str(signature)),
    )
    key = OFFICER.key.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(signature.read_bytes(), b"anything", padding.PKCS1v15(), hashes.SHA256())
    asked = told(service, 1, since)
    assert [each for each in asked if each[2:4] == "20"][-1] == "0020008008" + PIN.encode().hex() + "ffff"
    assert [each[4:8] for each in asked if each[2:4] == "87"] == ["079a", "079a"]  # in two pieces
