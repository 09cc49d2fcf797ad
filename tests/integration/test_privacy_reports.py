"""What the law asks a station for: a citizen's report, and the pack of an incident; read back with other programs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from protocols.answers import Answer
from station.documents.page import Office
from station.documents.report import Part, Report, report_pdf
from station.domain.incident import Incident, IncidentKind
from station.errors import RuleError
from station.lab.operator import OPERATOR, SUPERVISOR
from station.services.privacy import Chosen
from station.store import Purpose, Work
from tests.support.desks import NOON, RecordsDesk, records_desk
from tests.support.histories import NAME, OFFICER, SOURCE, applicant, identified, opened, to_review, to_seal

NIK = applicant().nik.digits
OTHER = "SUBANDRIO WIRATMOJO"


@pytest.fixture(scope="module")
def opened_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordsDesk]:
    """Two visits of one person, one of another, all of the same day."""
    with records_desk(tmp_path_factory.mktemp("station"), officer=OPERATOR) as desk:
        one, two = desk.keep(to_seal()), desk.keep([*to_review()[:-1]][:4])
        other = desk.keep(
            [opened("A-3"), identified(applicant(born=applicant().birth_date + timedelta(1), name=OTHER))]
        )

        def more(work: Work) -> None:
            work.packets.add(one, "a1.ktpel", "cd" * 32)
            work.packets.acknowledge("cd" * 32, NOON)
            work.blobs.put(two, b"pixels", Purpose.CAPTURE)
            work.answers.add(Answer("applicant_temperature", two, 36.7, NOON, OFFICER))

        desk.within(more)
        desk.do(lambda: desk.station.visits.load(one))
        desk.do(lambda: desk.station.visits.load(other))
        desk.do(desk.station.visits.listing)
        yield desk


@pytest.fixture
def desk(opened_desk: RecordsDesk) -> RecordsDesk:
    opened_desk.sign_on(SUPERVISOR)
    return opened_desk


def words_of(pdf: Path) -> str:
    """As another program reads it, in one line."""
    done = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split())


class TestAccessReport:
    def test_it_holds_everything_on_the_person_who_saw_it_and_where_it_went(
        self, desk: RecordsDesk, tmp_path: Path
    ) -> None:
        done = desk.do(lambda: desk.station.privacy.access_report(tmp_path / "laporan", nik=NIK))
        assert done.records == 2
        text = words_of(done.pdf)
        person = applicant()
        for wanted in (NAME, NIK, person.address.street, f"{person.birth_date:%d-%m-%Y}", "a1.ktpel, untuk DUKCAPIL"):
            assert wanted in text
        assert "Rina Operator (latihan): dilihat (dibuka)" in text
        assert "Budi Penyelia (latihan): laporan ini dibuat" in text
        assert "SIMULASI" in text
        assert OTHER not in text
        told = json.loads(done.json.read_text("utf-8"))
        first, second = told["records"]
        assert told["person"]["NIK"] == NIK
        assert (first["packet"]["file"], first["packet"]["acknowledged_at"]) == ("a1.ktpel", NOON.isoformat())
        assert (first["captures_held"], second["captures_held"], second["answers_held"]) == (False, True, 1)
        assert len([each for each in first["captures"] if each["modality"] == "finger"]) == 10
        seen = [(each["by"], each["kind"]) for each in first["events"] if each["what"] == "record.seen"]
        assert seen == [(OPERATOR, "opened"), (OPERATOR, "listed")]

    def test_it_is_on_the_trail_of_each_record_and_without_a_personal_byte(
        self, desk: RecordsDesk, tmp_path: Path
    ) -> None:
        before = len(desk.lines("access.reported"))
        desk.do(lambda: desk.station.privacy.access_report(tmp_path / "laporan", nik=NIK))
        lines = desk.lines("access.reported")[before:]
        assert [(each.by, bool(each.visit_id)) for each in lines] == [(SUPERVISOR, True)] * 2
        assert NIK not in repr(lines)

    def test_of_whom_nothing_is_held_that_is_said_and_noted(self, desk: RecordsDesk, tmp_path: Path) -> None:
        done = desk.do(lambda: desk.station.privacy.access_report(tmp_path / "laporan", nik="3273014505900002"))
        assert "tidak menyimpan data apa pun" in words_of(done.pdf)
        assert json.loads(done.json.read_text("utf-8"))["person"] is None
        assert dict(desk.lines("access.reported")[-1].facts) == {"count": 0}

    def test_a_paper_names_the_person_too(self, desk: RecordsDesk, tmp_path: Path) -> None:
        done = desk.do(lambda: desk.station.privacy.access_report(tmp_path / "x", visit="STASIUN-01-20200413-A-3"))
        assert OTHER in words_of(done.pdf)

    def test_no_operator_makes_one_and_no_nik_is_no_person(self, desk: RecordsDesk, tmp_path: Path) -> None:
        with pytest.raises(RuleError, match=r"access\.no_nik"):
            desk.do(lambda: desk.station.privacy.access_report(tmp_path / "x", nik="12"))
        desk.sign_on(OPERATOR)
        with pytest.raises(RuleError, match=r"sign_on\.not_allowed"):
            desk.do(lambda: desk.station.privacy.access_report(tmp_path / "x", nik=NIK))
        assert list(tmp_path.iterdir()) == []


def incident(**changed: object) -> Incident:
    given: dict[str, object] = {
        "kind": IncidentKind.LOST_DEVICE,
        "began_at": NOON - timedelta(hours=5),
        "noticed_at": NOON - timedelta(hours=2, minutes=30),
        "what": "Laptop hilang dari mobil",
        "done": "Lapor polisi; akun petugas dimatikan",
        "advice": "Waspadai penyalahgunaan KTP",
    }
    return Incident(**given | changed)  # type: ignore[arg-type]  # fields of their own types


class TestIncidentPack:
    def test_it_says_what_when_whose_and_until_when_to_tell(self, desk: RecordsDesk, tmp_path: Path) -> None:
        pack = desk.station.privacy.incident_pack
        done = desk.do(lambda: pack(tmp_path / "insiden", incident(), Chosen(everything=True)))
        text = words_of(done.pdf)
        for wanted in (
            "Beritahukan paling lambat Kamis, 16 April 2020 pukul 09.30 WIB.",
            "Sisa waktu 69 jam 30 menit",
            "Perangkat hilang atau dicuri",
            "Laptop hilang dari mobil",
            "Lapor polisi",
            "kuncinya berupa berkas",
            "2 orang, 3 kunjungan",
            "UU 27/2022 Pasal 46",
            NAME,
            OTHER,
        ):
            assert wanted in text
        assert NIK not in text
        told = json.loads(done.json.read_text("utf-8"))
        assert told["deadline"] == (NOON + timedelta(hours=69, minutes=30)).isoformat()
        assert told["overdue"] is False
        assert {tuple(each["categories"]) for each in told["records"]} == {
            ("biodata", "sealed_packet"),
            ("biodata", "biometrics", "health"),
            ("biodata",),
        }
        assert len(desk.lines("incident.packed")) == 3
        assert desk.lines("incident.told")[-1].facts["kind"] == "lost_device"

    def test_whose_is_chosen_by_number_time_or_device(self, desk: RecordsDesk, tmp_path: Path) -> None:
        def numbers(chosen: Chosen) -> list[str]:
            done = desk.do(lambda: desk.station.privacy.incident_pack(tmp_path / "x", incident(), chosen))
            return [each["number"] for each in json.loads(done.json.read_text("utf-8"))["records"]]

        assert numbers(Chosen(visits=("20200413-A-3",))) == ["A-3"]
        assert numbers(Chosen(device=SOURCE.serial)) == ["A-1", "A-1"]
        assert numbers(Chosen(first=NOON + timedelta(hours=1))) == []
        assert numbers(Chosen(last=NOON)) == ["A-1", "A-1", "A-3"]
        with pytest.raises(RuleError, match=r"incident\.nobody_chosen"):
            numbers(Chosen())

    def test_after_the_72_hours_it_says_so(self, desk: RecordsDesk, tmp_path: Path) -> None:
        late = incident(began_at=NOON - timedelta(days=9), noticed_at=NOON - timedelta(hours=72, minutes=1))
        done = desk.do(lambda: desk.station.privacy.incident_pack(tmp_path / "x", late, Chosen(everything=True)))
        assert "Batas waktu sudah lewat" in words_of(done.pdf)
        assert json.loads(done.json.read_text("utf-8"))["overdue"] is True

    def test_what_is_not_said_or_cannot_be_is_refused(self, desk: RecordsDesk, tmp_path: Path) -> None:
        for changed in ({"what": " "}, {"done": ""}, {"noticed_at": NOON - timedelta(days=2)}):
            with pytest.raises(ValueError, match=r"told in words|before it happened"):
                incident(**changed)
        future = incident(noticed_at=NOON + timedelta(minutes=1))
        with pytest.raises(RuleError, match=r"incident\.in_future"):
            desk.do(lambda: desk.station.privacy.incident_pack(tmp_path / "x", future, Chosen(everything=True)))

    def test_hundreds_of_people_and_long_words_fill_pages_and_lose_nobody(self, tmp_path: Path) -> None:
        lines = tuple(f"A-{number:03d} seseorang yang tinggal di suatu tempat" for number in range(300))
        parts = (Part("Panjang", (("Kata", "kata " * 3000),), "teks " * 2000, lines),)
        report = Report("Laporan", "sub", "Segera", parts, Office("K", "Dinas", "", "L1"), NOON, simulated=True)
        (tmp_path / "x.pdf").write_bytes(report_pdf(report))
        text = words_of(tmp_path / "x.pdf")
        assert all(f"A-{number:03d}" in text for number in range(300))
        assert (text.count("kata"), text.count("teks")) == (3000, 2000)
        assert "Halaman 9" in text
