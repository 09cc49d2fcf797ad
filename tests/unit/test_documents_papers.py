"""The papers say what a person needs, in Indonesian, and nothing that others should know."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from pypdf import PdfReader

from devices.positions import FingerPosition
from station.documents import wording
from station.documents.deferral_slip import DeferralData, deferral_pdf
from station.documents.page import NATIONAL_COMPLAINTS, Complaint, Office
from station.documents.receipt import ReceiptData, qr_payload, receipt_pdf, verification_code
from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.history import DeferralReason
from station.domain.promise import Promise
from station.domain.samples import Accepted, ExceptionCode
from tests.support.packets import NAME, NIK, SEALED_AT, START, WITA, applicant, recording

OFFICE = Office(
    "Pemerintah Kota Samarinda", "Dinas Kependudukan dan Pencatatan Sipil", "Jalan Milono 1", "SMR-LOKET-03"
)
COMPLAINTS = (*NATIONAL_COMPLAINTS, Complaint("Dukcapil Samarinda", "0541-5550199"))
PROMISE = Promise(datetime(2026, 4, 24, 9, tzinfo=WITA), "Loket 5, Mal Pelayanan Publik", "sampai pukul 15.00")
NUMBER = "SMR-20260422-0017"
FOOTER_TOP = 68.0
"""Points above the lower edge: what is said above must end above."""


def receipt(*, simulated: bool = False, signs: bool = True) -> ReceiptData:
    return ReceiptData.of(
        recording(simulated=simulated, signs=signs),
        receipt_number=NUMBER,
        issued_at=SEALED_AT,
        officer="Rina Wulandari",
        office=OFFICE,
        promise=PROMISE,
        protocol="Keadaan darurat 2020",
        complaints=COMPLAINTS,
    )


def deferral(reason: DeferralReason = DeferralReason.NOT_URGENT, *, known: bool = True) -> DeferralData:
    entries: list[h.Entry] = [h.Opened(number="017", at=START, by="op-01")]
    if known:
        who = h.Identified(applicant=applicant(), ever_recorded=h.EverRecorded.NO, at=START, by="op-01")
        entries.append(who)
    entries.append(h.Deferred(reason=reason, proposed=date(2026, 5, 6), rules=("urgent",), at=START, by="op-01"))
    return DeferralData.of(
        Enrollment.of("5f2a9c", entries),
        place="Loket 3, Disdukcapil Kota Samarinda",
        hours="pukul 08.00–15.00 WITA",
        issued_at=SEALED_AT,
        officer="Rina Wulandari",
        office=OFFICE,
        protocol="Keadaan darurat 2020",
        simulated=False,
        complaints=COMPLAINTS,
    )


def words_of(pdf: bytes) -> str:
    """All words of a paper of one page, one space between them."""
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(page.extract_text().split())


def test_the_receipt_says_when_and_where_the_card_can_be_had() -> None:
    words = words_of(receipt_pdf(receipt()))
    assert "KTP-el dapat diambil mulai Jumat, 24 April 2026 pukul 09.00 WITA, sampai pukul 15.00" in words
    assert "Loket 5, Mal Pelayanan Publik" in words


def test_the_promise_is_the_largest_of_the_page_but_for_the_mark() -> None:
    sizes: dict[str, float] = {}
    (page,) = PdfReader(io.BytesIO(receipt_pdf(receipt()))).pages

    def note(text: str, cm: object, tm: list[float], font: object, size: float) -> None:
        del cm, font
        if text.strip():
            sizes[text.strip()] = max(size * abs(tm[3] or 1), sizes.get(text.strip(), 0))

    page.extract_text(visitor_text=note)
    assert max(sizes, key=lambda text: sizes[text]) == "Jumat, 24 April 2026"


def test_the_receipt_says_who_by_name_and_masked_nik() -> None:
    words = words_of(receipt_pdf(receipt()))
    assert NAME in words
    assert "647201••••••••03" in words
    assert "Rabu, 22 April 2026, 09.30 WITA" in words
    assert "Rina Wulandari" in words
    assert f"Nomor {NUMBER}" in words


def test_the_whole_nik_is_nowhere_in_the_file() -> None:
    for pdf in (receipt_pdf(receipt()), deferral_pdf(deferral())):
        assert NIK.encode() not in pdf
        reader = PdfReader(io.BytesIO(pdf))
        streams = b"".join(
            each.get_object().get_data()  # type: ignore[union-attr]  # streams alone are asked
            for each in (reader.get_object(n) for n in range(1, len(reader.xref[0]) + 1))
            if each is not None and hasattr(each, "get_data")
        )
        assert streams
        assert NIK.encode() not in streams
        assert NIK not in words_of(pdf)
        assert not re.search(r"\d{16}", words_of(pdf))


def test_the_files_properties_hold_no_personal_data() -> None:
    for pdf in (receipt_pdf(receipt()), deferral_pdf(deferral())):
        reader = PdfReader(io.BytesIO(pdf))
        told = {name: str(value) for name, value in (reader.metadata or {}).items()}
        assert set(told) <= {
            "/Title",
            "/Author",
            "/Subject",
            "/Creator",
            "/Producer",
            "/Keywords",
            "/CreationDate",
            "/ModDate",
            "/Trapped",
        }
        assert told["/Author"] == OFFICE.name
        assert told["/CreationDate"] == "D:20260422093000+08'00'"
        said = " ".join(told.values())
        assert not any(word in said for word in (*NAME.split(), "647201", NUMBER, "Rina"))
        assert reader.xmp_metadata is None


def test_ten_fingers_each_with_what_became_of_it() -> None:
    words = words_of(receipt_pdf(receipt()))
    hands = re.split(r"Sidik jari tangan (?:kanan|kiri)", words)[1:]
    assert len(hands) == 2
    for hand, missing in zip(
        hands,
        ("Jari manis tidak direkam (jari tidak utuh)", "Ibu jari tidak direkam (tidak dapat diambil)"),
        strict=True,
    ):
        assert missing in hand
        assert all(finger in hand for finger in wording.FINGERS)
    assert words.count(" direkam") >= 8
    fingers = words[words.index("Sidik jari tangan kanan") : words.index("Pengaduan")]
    assert fingers.count("tidak direkam") == 2
    assert fingers.count("direkam") == 10


def test_portrait_signature_and_iris_each_have_a_line() -> None:
    words = words_of(receipt_pdf(receipt()))
    assert "Pas foto direkam disetujui di layar 09.00 WITA Tanda tangan direkam Iris tidak direkam" in words
    assert "Iris tidak direkam (tidak ada alat)" in words
    without = words_of(receipt_pdf(receipt(signs=False)))
    assert "Tanda tangan cap ibu jari kanan tidak dapat tanda tangan Iris" in without
    left = words_of(receipt_pdf(replace(receipt(signs=False), mark=FingerPosition.LEFT_THUMB)))
    assert "Tanda tangan cap ibu jari kiri tidak dapat tanda tangan Iris" in left
    unmarked = words_of(receipt_pdf(replace(receipt(signs=False), mark=None)))
    assert "Tanda tangan tidak direkam (tidak dapat, tanpa cap jari) Iris" in unmarked


@pytest.mark.parametrize("make", [lambda: receipt_pdf(receipt()), lambda: deferral_pdf(deferral())])
def test_every_paper_is_free_and_says_where_to_complain(make: object) -> None:
    assert callable(make)
    words = words_of(make())
    assert "GRATIS" in words
    for number in ("1500537", "08118005373", "08118005371", "0541-5550199"):
        assert number in words


def test_the_receipt_is_no_civil_document_and_tells_of_privacy() -> None:
    words = words_of(receipt_pdf(receipt()))
    assert "Bukan dokumen kependudukan dan tidak dapat menggantikan KTP-el." in words
    assert "Pelindungan data pribadi (UU 27/2022)." in words


def test_no_sum_of_money_stands_on_any_paper() -> None:
    for pdf in (receipt_pdf(receipt()), deferral_pdf(deferral())):
        assert not re.search(r"Rp|rupiah", words_of(pdf), re.IGNORECASE)


def test_a_simulated_recording_is_marked_across_the_page() -> None:
    assert words_of(receipt_pdf(receipt(simulated=True))).count("SIMULASI") == 2
    assert "SIMULASI" not in words_of(receipt_pdf(receipt()))
    assert words_of(deferral_pdf(replace(deferral(), simulated=True))).count("SIMULASI") == 2


def test_the_same_data_give_the_same_bytes() -> None:
    assert receipt_pdf(receipt()) == receipt_pdf(receipt())
    assert deferral_pdf(deferral()) == deferral_pdf(deferral())


def test_the_code_depends_on_the_visits_secret_and_the_qr_code_tells_no_person() -> None:
    data = receipt()
    assert qr_payload(data) == f"KTPEL:{NUMBER}:{data.verification_code}"
    assert re.fullmatch(r"[A-Z2-7]{4}-[A-Z2-7]{4}", data.verification_code)
    assert data.verification_code == verification_code("5f2a9c", NUMBER)
    assert data.verification_code != verification_code("5f2a9d", NUMBER)
    assert data.verification_code != verification_code("5f2a9c", NUMBER + "1")


def test_a_reader_finds_the_qr_code_on_the_printed_page(tmp_path: Path) -> None:
    from devices.opencv_import import cv2

    program = shutil.which("pdftoppm")
    assert program is not None
    (tmp_path / "receipt.pdf").write_bytes(receipt_pdf(receipt(simulated=True)))
    subprocess.run(
        [program, "-png", "-r", "150", "-singlefile", "receipt.pdf", "page"], cwd=tmp_path, check=True, timeout=60
    )
    page = cv2.imread(str(tmp_path / "page.png"))
    assert page is not None
    found, *_ = cv2.QRCodeDetector().detectAndDecode(page)
    assert found == qr_payload(receipt())


def _lowest(pdf: bytes, folder: Path) -> float:
    """Points above the lower edge at which the words above the footer end."""
    program = shutil.which("pdftotext")
    assert program is not None
    (folder / "paper.pdf").write_bytes(pdf)
    subprocess.run([program, "-bbox", "paper.pdf", "paper.html"], cwd=folder, check=True, timeout=60)
    root = ET.fromstring((folder / "paper.html").read_text("utf-8"))
    (page,) = root.iter("{http://www.w3.org/1999/xhtml}page")
    height = float(page.get("height", "0"))
    words = [(e.text, height - float(e.get("yMax", "0")), float(e.get("xMax", "0"))) for e in page if e.text]
    assert max(right for text, _, right in words if text != "SIMULASI") < float(page.get("width", "0")) - 40
    last = max(index for index, (text, *_) in enumerate(words) if text in {"ini.", "0541-5550199"})
    return min(bottom for text, bottom, _ in words[: last + 1] if text != "SIMULASI")


def test_long_names_and_places_stay_on_the_page(tmp_path: Path) -> None:
    long_office = replace(
        OFFICE,
        government="Pemerintah Kabupaten Kutai Kartanegara",
        name="Dinas Kependudukan, Pencatatan Sipil, Pemberdayaan Perempuan dan Perlindungan Anak",
    )
    place = (
        "Mal Pelayanan Publik, lantai 3, Jalan Jenderal Sudirman Kilometer 12, Kelurahan Melayu (di sebelah kantor pos)"
    )
    data = replace(
        receipt(simulated=True, signs=False),
        name="MUHAMMAD ABDURRAHMAN " * 6,
        officer="Raden Ayu Siti Fatimah Az-Zahra Kusumaningrat, S.Kom., M.Si.",
        office=long_office,
        promise=replace(PROMISE, place=place),
        excepted=tuple((position, ExceptionCode.UNABLE_TO_PRINT) for position in FingerPosition),
        return_on=date(2026, 5, 6),
        complaints=(Complaint("Inspektorat Kabupaten Kutai", "0541-000111"), *COMPLAINTS),
    )
    assert _lowest(receipt_pdf(data), tmp_path) > FOOTER_TOP
    assert (
        _lowest(deferral_pdf(replace(deferral(), name=data.name, office=long_office, place=place)), tmp_path)
        > FOOTER_TOP
    )


def test_the_receipt_says_how_and_when_the_photo_was_approved() -> None:
    at = START.astimezone(SEALED_AT.tzinfo)
    assert receipt().approved == (Accepted.ON_SCREEN, at)
    told = words_of(receipt_pdf(replace(receipt(), approved=(Accepted.TOLD, at))))
    assert "Pas foto direkam disetujui lisan 09.00 WITA" in told
    assert "disetujui" not in words_of(receipt_pdf(replace(receipt(), approved=None)))


def test_who_has_a_passing_injury_reads_when_to_come_back() -> None:
    words = words_of(receipt_pdf(replace(receipt(), return_on=date(2026, 5, 6))))
    assert "Jari yang belum diambil direkam mulai Rabu, 6 Mei 2026" in words
    assert "direkam mulai" not in words_of(receipt_pdf(receipt()))


def test_a_name_that_looks_like_markup_is_a_name() -> None:
    assert "D'ARTAGNAN <B> & CO" in words_of(receipt_pdf(replace(receipt(), name="D'ARTAGNAN <B> & CO")))


@pytest.mark.parametrize("reason", list(DeferralReason))
def test_the_slip_says_why_and_when_to_come_back(reason: DeferralReason) -> None:
    words = words_of(deferral_pdf(deferral(reason)))
    assert "Silakan datang kembali pada Rabu, 6 Mei 2026" in words
    assert "Loket 3, Disdukcapil Kota Samarinda" in words
    assert " ".join(wording.DEFERRALS[reason].split()) in words
    assert "Sebutkan nomor kunjungan 017." in words
    assert ("mendesak (sekolah" in words) == (reason is DeferralReason.NOT_URGENT)


def test_no_slip_tells_of_a_fever() -> None:
    words = words_of(deferral_pdf(deferral(DeferralReason.APPLICANT_FEVER))).lower()
    assert not any(word in words for word in ("suhu", "demam", "°c", "37,"))


def test_a_slip_can_be_given_before_anybody_was_identified() -> None:
    words = words_of(deferral_pdf(deferral(known=False)))
    assert "NIK" not in words
    assert "Kunjungan 017" in words


@pytest.mark.parametrize(("hours", "zone"), [(7, "WIB"), (8, "WITA"), (9, "WIT"), (0, "UTC+0000")])
def test_clocks_name_their_zone(hours: int, zone: str) -> None:
    at = datetime(2026, 1, 2, 3, 4, tzinfo=timezone(timedelta(hours=hours)) if hours else UTC)
    assert wording.clock(at) == f"03.04 {zone}"


def test_days_and_months_are_indonesian() -> None:
    start = date(2026, 1, 1)
    assert wording.day(start) == "Kamis, 1 Januari 2026"
    assert len({wording.day(start + timedelta(days=n)) for n in range(365)}) == 365
    assert wording.day(date(2026, 8, 16)) == "Minggu, 16 Agustus 2026"


def test_papers_data_show_no_person_in_a_repr() -> None:
    assert repr(receipt()) == f"ReceiptData({NUMBER})"
    assert repr(deferral()) == "DeferralData(017, not_urgent)"
