"""Everything that the command line says, in both languages, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from station.errors import WayOn

Language = Literal["id", "en"]

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    # help
    "help": ("Stasiun perekaman KTP-el.", "KTP-el recording station."),
    "help.language": (
        "Bahasa: id atau en; boleh ditulis di mana saja.",
        "Language: id or en; may stand anywhere.",
    ),
    "help.run": (
        "Buka stasiun (latihan sebelum `ktpel setup`); tanpa layar, rekam satu kali tanpa petugas.",
        "Open the station (practice before `ktpel setup`); without a display, record once unattended.",
    ),
    "help.setup": (
        "Siapkan stasiun sungguhan langkah demi langkah, lalu buka.",
        "Set a station in earnest up step by step, then open it.",
    ),
    "help.setup.file": (
        "Berkas pengaturan yang ditulis; tanpa ini, milik pengguna ini.",
        "Settings file to be written; this user's own where none is named.",
    ),
    "setup.exists": (
        "{path}: sudah ada; buka dengan `ktpel run --config`, atau sebut berkas lain",
        "{path}: is there already; open it by `ktpel run --config`, or name another file",
    ),
    "setup.no_display": ("penyiapan memerlukan layar", "setting a station up needs a display"),
    "help.demo": ("Satu perekaman lengkap tanpa layar.", "One complete recording without a screen."),
    "help.simulate": (
        "Jalankan simulator saja sampai Ctrl-C.",
        "Run the simulators alone, until Ctrl-C.",
    ),
    "help.devices": ("Periksa alat yang terpasang.", "Check the attached devices."),
    "help.packet": ("Periksa atau buka paket.", "Check or open packets."),
    "help.packet.verify": ("Periksa paket tanpa membukanya.", "Check a packet without opening it."),
    "help.packet.open": ("Buka paket dengan kunci pusat data.", "Open a packet with the data centre's key."),
    "help.audit": ("Jejak audit.", "The audit trail."),
    "help.audit.verify": (
        "Periksa rantai jejak audit, juga saat stasiun bekerja.",
        "Check the chain of the audit trail, also beside a running station.",
    ),
    "help.audit.export": (
        "Tulis jejak audit bertanda tangan untuk auditor.",
        "Write the audit trail, signed, for an auditor.",
    ),
    "help.audit.check": (
        "Periksa ekspor jejak audit tanpa data stasiun.",
        "Check an export of the audit trail without the station's data.",
    ),
    "help.erase": (
        "Hapus data satu kunjungan untuk selamanya; dua petugas.",
        "Destroy one visit's record for good; two officers.",
    ),
    "help.visit": (
        "Nomor tanda terima, 20200413-A-001, atau kode kunjungan.",
        "Receipt number, 20200413-A-001, or the visit's id.",
    ),
    "help.second": ("Petugas kedua.", "The second officer."),
    "help.reason": (
        "subject_request, wrong_person, recorded_twice atau ordered.",
        "subject_request, wrong_person, recorded_twice or ordered.",
    ),
    "help.unacknowledged": (
        "Juga bila pusat belum menyatakan menerima paketnya: paket hilang.",
        "Also where the centre has not said that it has the packet, which is then lost.",
    ),
    "help.acknowledge": (
        "Catat paket yang sudah diterima pusat data.",
        "Take the centre's list of packets that it has.",
    ),
    "help.acknowledgement": ("Berkas tanda terima pusat data.", "The centre's acknowledgement file."),
    "help.centre": ("Pusat data latihan.", "The data centre of practice."),
    "help.centre.acknowledge": (
        "Buat tanda terima untuk semua paket latihan.",
        "Make an acknowledgement of every practice packet.",
    ),
    "help.access_report": (
        "Laporan semua yang disimpan tentang satu orang (PDF dan JSON).",
        "Report of everything held on one person (PDF and JSON).",
    ),
    "help.report": ("Berkas laporan, tanpa akhiran.", "The report's file, without an ending."),
    "help.incident": (
        "Laporan kegagalan pelindungan data, dengan batas 3 x 24 jam (PDF dan JSON).",
        "Pack of a personal data incident, with its 72 hours (PDF and JSON).",
    ),
    "help.kind": (
        "lost_device, unauthorised_access, disclosed, altered atau unavailable.",
        "lost_device, unauthorised_access, disclosed, altered or unavailable.",
    ),
    "help.began": ("Terjadi sejak, TTTT-BB-HHTJJ:MM waktu setempat.", "Since when, YYYY-MM-DDTHH:MM local time."),
    "help.noticed": ("Kapan diketahui; 72 jam dihitung dari sini.", "When it was noticed; the 72 hours run from here."),
    "help.what": ("Bagaimana terjadi.", "How it happened."),
    "help.done": ("Apa yang sudah dilakukan.", "What was done about it."),
    "help.advice": ("Anjuran bagi subjek data.", "What the persons can do themselves."),
    "help.affected_from": ("Kunjungan sejak waktu ini.", "Visits from this time on."),
    "help.affected_to": ("Kunjungan sampai waktu ini.", "Visits until this time."),
    "help.device": ("Nomor seri alat yang mengambilnya.", "Serial number of the device that captured."),
    "help.everything": ("Semua yang tersimpan.", "Everything that is held."),
    "help.support": (
        "Kumpulkan keterangan teknis tanpa data pribadi (ZIP).",
        "Collect what a technician needs, without personal data (ZIP).",
    ),
    "help.support_file": ("Berkas ZIP.", "ZIP file."),
    "help.export_file": ("Berkas ekspor (JSON Lines).", "Export file (JSON Lines)."),
    "help.officer": ("Petugas yang bertanggung jawab.", "The officer who answers for it."),
    "help.from": ("Hari pertama, TTTT-BB-HH.", "First day, YYYY-MM-DD."),
    "help.to": ("Hari terakhir, TTTT-BB-HH.", "Last day, YYYY-MM-DD."),
    "help.config": ("Berkas pengaturan (TOML).", "Settings file (TOML)."),
    "help.portrait": ("Gambar yang dilihat kamera.", "Picture that the camera sees."),
    "help.out": ("Folder hasil.", "Folder for the results."),
    "help.data": ("Folder data stasiun.", "Folder of the station's data."),
    "help.file": ("Berkas paket.", "Packet file."),
    "help.station": ("Sertifikat stasiun.", "The station's certificate."),
    "help.key": ("Kunci pusat data (PEM).", "The data centre's key (PEM)."),
    "help.certificate": ("Sertifikat pusat data.", "The data centre's certificate."),
    "help.backup": (
        "Cadangkan data stasiun ke disk lain; selagi jendela terbuka, pakai tombolnya.",
        "Back up the station's data to another disk; while its window is open, by the button there.",
    ),
    "help.check": (
        "Periksa semua data stasiun: basis data, jejak audit, paket.",
        "Check all of a station's data: store, audit trail, packets.",
    ),
    "check.whole": (
        "Semuanya utuh: {visits} kunjungan, {packets} paket, {entries} baris jejak audit.",
        "All is whole: {visits} visits, {packets} packets, {entries} lines of the audit trail.",
    ),
    "check.store": ("basis data: {fault}", "database: {fault}"),
    "packet.foreign": ("bukan milik kunjungan mana pun", "belongs to no visit"),
    "help.backup.folder": ("Folder di disk lain.", "Folder on another disk."),
    "help.backup.file": ("Berkas cadangan.", "The backup."),
    "help.restore": (
        "Pulihkan stasiun dari cadangan ke folder kosong.",
        "Restore a station from a backup into an empty folder.",
    ),
    "help.recovery_key": ("Kunci kantor (PEM).", "The office's key (PEM)."),
    "backup.made": (
        "{path}\n{packets} paket, {missing} hilang; sudah dibaca ulang dan utuh",
        "{path}\n{packets} packets, {missing} missing; read back, and whole",
    ),
    "restore.done": (
        "{folder}: dipulihkan ke keadaan {at}, {packets} paket; semuanya diperiksa",
        "{folder}: restored as of {at}, {packets} packets; all of it checked",
    ),
    # run, demo
    "lab.started": (
        "Tidak ada alat yang diatur: simulator dipakai. Semua hasil bertanda SIMULASI.",
        "No device is configured: simulators are used. All that is recorded is marked SIMULATED.",
    ),
    "lab.no_cards": ("Tanpa pembaca kartu: {why}", "Without a card reader: {why}"),
    "run.unattended": (
        "Tidak ada layar: merekam satu kali tanpa petugas.",
        "No display: recording once, unattended.",
    ),
    "run.screenshots": ("Tangkapan layar", "Screenshots"),
    "result.packet": ("Paket", "Packet"),
    "result.receipt": ("Tanda terima", "Receipt"),
    "result.open": ("Buka paket dengan", "Open the packet with"),
    "stage.signed_on": ("Petugas masuk", "Officer signed on"),
    "stage.identified": ("Pemohon dicatat", "Applicant identified"),
    "stage.cleared": ("Protokol kesehatan terpenuhi", "Health protocol passed"),
    "stage.portrait_taken": ("Pas foto diambil", "Portrait taken"),
    "stage.portrait_forced": ("Pas foto dipaksakan oleh {who}: {hints}", "Portrait forced by {who}: {hints}"),
    "stage.hands_taken": ("Foto dengan tangan diambil", "Picture with both hands taken"),
    "stage.portrait_accepted": ("Pas foto disetujui pemohon", "Portrait accepted by the applicant"),
    "stage.finger_taken": ("Sidik jari {done}/10", "Finger {done}/10"),
    "stage.signed": ("Tanda tangan", "Signature"),
    "stage.reviewed": ("Ditinjau bersama pemohon", "Reviewed with the applicant"),
    "stage.receipt_issued": ("Tanda terima dibuat", "Receipt issued"),
    "stage.approved": ("Disetujui", "Approved"),
    "stage.sealed": ("Paket disegel", "Packet sealed"),
    "demo.title": ("Perekaman", "Recording"),
    # simulate
    "simulate.ready": (
        "Simulator berjalan. Salin ini ke berkas pengaturan; Ctrl-C menghentikan.",
        "The simulators run. Copy this into a settings file; Ctrl-C stops them.",
    ),
    "simulate.person": (
        "Pemohon sintetis bergiliran meletakkan sepuluh jari dan menandatangani.",
        "A synthetic applicant lays ten fingers in turn, and signs.",
    ),
    # devices
    "devices.slot": ("Tempat", "Slot"),
    "devices.device": ("Alat", "Device"),
    "devices.health": ("Keadaan", "Health"),
    "devices.test": ("Uji diri", "Self-test"),
    "devices.ready": ("siap", "ready"),
    "devices.simulated": ("simulasi", "simulated"),
    "devices.passed": ("lulus", "passed"),
    "devices.failed": ("gagal", "failed"),
    # packet, audit
    "packet.whole": ("Paket utuh dan ditandatangani stasiun itu.", "The packet is whole and signed by that station."),
    "packet.signed_at": ("ditandatangani", "signed"),
    "packet.signer": ("oleh", "by"),
    "packet.opened": ("{count} berkas ditulis ke {folder}", "{count} files written to {folder}"),
    "audit.whole": (
        "Jejak audit utuh: {entries} baris, {heads} kepala bertanda tangan, {unsigned} baris sesudahnya.",
        "The audit trail is whole: {entries} lines, {heads} signed heads, {unsigned} lines after the last.",
    ),
    "audit.broken": (
        "Jejak audit RUSAK pada baris {seq} ({at}): {fault}",
        "The audit trail is BROKEN at line {seq} ({at}): {fault}",
    ),
    "audit.more": ("dan {count} kesalahan lagi sesudahnya", "and {count} more faults after it"),
    "audit.jump": (
        "Jam mundur {seconds} detik sebelum baris {seq}, tanpa catatan",
        "The clock went back {seconds} seconds before line {seq}, and no line says so",
    ),
    "audit.out_of_order": ("nomor baris tidak berurutan", "the line's number is out of order"),
    "audit.broken_link": ("baris ini atau yang sebelumnya diubah", "this line or the one before was changed"),
    "audit.cut_off": ("baris yang ditandatangani sudah hilang", "a line that was signed is gone"),
    "audit.head_differs": ("baris bukan yang ditandatangani", "the line is not the one that was signed"),
    "audit.bad_signature": ("tanda tangan kepala tidak sah", "a head's signature does not hold"),
    "audit.exported": ("{count} baris ditulis ke {path}", "{count} lines written to {path}"),
    "paper.no_lines": ("tidak ada baris pada hari itu", "no line was written on these days"),
    "export.whole": (
        "Ekspor utuh: stasiun {station}, baris {first}-{last} ({entries}), {heads} kepala bertanda tangan.",
        "The export is whole: station {station}, lines {first}-{last} ({entries}), {heads} signed heads.",
    ),
    "export.certificate": ("Sertifikat dalam berkas:", "Certificate in the file:"),
    "export.compare": (
        "Bandingkan dengan sertifikat stasiun, atau sebut --station.",
        "Compare it with the station's certificate, or name that by --station.",
    ),
    "export.broken": ("Ekspor RUSAK pada baris {line}: {fault}", "The export is BROKEN at line {line}: {fault}"),
    "export.entry": ("catatan {seq}, {at}", "entry {seq}, {at}"),
    "export.not_one": ("bukan ekspor jejak audit", "not an export of an audit trail"),
    "export.header_altered": ("kepala berkas diubah", "the file's header was changed"),
    "export.unreadable": ("catatan tidak terbaca", "the entry cannot be read"),
    "export.altered": ("catatan diubah", "the entry was changed"),
    "export.missing": ("catatan hilang", "an entry is missing"),
    "export.moved": ("catatan tidak pada tempatnya", "the entry is not in its place"),
    "export.head_altered": ("kepala jejak yang ditandatangani diubah", "a signed head was changed"),
    "export.signature_altered": ("tanda tangan berkas tidak sah", "the file's signature does not hold"),
    "export.other_station": ("ditandatangani stasiun lain", "signed by another station"),
    # retention
    "erase.done": ("Data dihapus; nomor dan jejak audit tetap.", "Erased; the number and the audit trail stay."),
    "erasure.not_acknowledged": (
        "pusat belum menyatakan menerima paketnya; --unacknowledged bila tetap dihapus",
        "the centre has not said that it has the packet; --unacknowledged to erase all the same",
    ),
    "erasure.at_counter": ("kunjungan masih dikerjakan", "somebody still works on this visit"),
    "visit.unknown": ("tidak ada kunjungan itu", "there is no such visit"),
    "visit.erased": ("data kunjungan itu sudah dihapus", "that visit's record was erased"),
    "acknowledge.done": (
        "{marked} paket ditandai, {known} sudah dikenal, {unknown} bukan dari stasiun ini",
        "{marked} packets marked, {known} known before, {unknown} not of this station",
    ),
    "acknowledgement.absent": ("berkas tanda terima pusat tidak terbaca", "the centre's file cannot be read"),
    "acknowledgement.forged": ("bukan tanda tangan pusat data", "the centre did not sign this file"),
    "acknowledgement.unreadable": ("isi tanda terima pusat tidak dikenal", "the centre's file says nothing"),
    "acknowledgement.other_station": ("tanda terima untuk stasiun lain", "the file is for another station"),
    "centre.acknowledged": ("{count} paket dinyatakan diterima di {path}", "{count} packets acknowledged in {path}"),
    "error.no_centre": ("{path}: tidak ada pusat data latihan", "{path}: there is no practice centre"),
    "error.reason": ("alasan {given} tidak dikenal: {known}", "no such reason {given}: {known}"),
    "support.written": ("{count} berkas dalam {path}, tanpa data pribadi", "{count} files in {path}, nobody's data"),
    # reports
    "report.written": ("{count} kunjungan; {pdf} dan {json}", "{count} visits; {pdf} and {json}"),
    "incident.deadline": ("Beritahukan paling lambat {at}", "Tell persons and authority by {at}"),
    "incident.in_future": ("waktu diketahui ada di masa depan", "it was noticed at a time to come"),
    "incident.nobody_chosen": (
        "pilih data siapa: --visit, --from, --to, --device atau --all",
        "choose whose data: --visit, --from, --to, --device or --all",
    ),
    "access.no_nik": ("NIK itu tidak benar", "that is no NIK"),
    "secret.nik": ("NIK pemilik data", "NIK of the person"),
    "error.kind": ("jenis {given} tidak dikenal: {known}", "no such kind {given}: {known}"),
    "error.incident": (
        "isi --what dan --done; diketahui tidak sebelum terjadi",
        "fill in --what and --done; it is not noticed before it happens",
    ),
    # secrets that are typed
    "secret.passphrase": ("Frasa sandi kunci", "Passphrase of the keys"),
    "secret.password": ("Kata sandi {who}", "Password of {who}"),
    "secret.code": ("Kode {who}", "Code of {who}"),
    # what went wrong
    "error.file_absent": ("{path}: tidak ada berkas itu", "{path}: there is no such file"),
    "error.not_a_picture": ("{path}: bukan gambar", "{path}: not a picture"),
    "error.certificate": ("{path}: bukan sertifikat", "{path}: not a certificate"),
    "error.key": ("{path}: bukan kunci RSA dalam PEM tanpa sandi", "{path}: not an RSA key in PEM without a password"),
    "error.not_written": ("{path}: tidak dapat ditulis", "{path}: cannot be written"),
    "error.no_folder": ("{path}: tidak ada folder itu", "{path}: there is no such folder"),
    "error.out_not_empty": ("{path}: folder tidak kosong", "{path}: the folder is not empty"),
    "error.no_station": ("{path}: tidak ada data stasiun", "{path}: there is no station's data"),
    "error.keys_absent": ("{path}: kunci stasiun tidak ada", "{path}: the station's keys are missing"),
    "usage.no_command": ("tidak ada perintah {what}", "there is no command {what}"),
    "usage.command_missing": ("perintah belum disebut", "a command is missing"),
    "usage.argument_missing": ("{what} belum disebut", "{what} is missing"),
    "usage.option_missing": ("pilihan {what} wajib disebut", "the option {what} is required"),
    "usage.value_missing": ("pilihan {what} perlu nilai", "the option {what} needs a value"),
    "usage.no_option": ("tidak ada pilihan {what}", "there is no option {what}"),
    "usage.too_many": ("terlalu banyak: {what}", "too many arguments: {what}"),
    "error.secret_absent": ("{what} belum diberikan ({variable})", "{what} is missing ({variable})"),
    "error.language": ("bahasa adalah id atau en, bukan {given}", "a language is id or en, not {given}"),
    "error.refused": ("ditolak: {code}", "refused: {code}"),
    "error.bug": (
        "kesalahan program ({kind} di {place}); laporkan ini",
        "an error of the program ({kind} at {place}); please report it",
    ),
    "error.timeout": ("tidak selesai pada waktunya", "did not finish in time"),
    # codes of errors that the command line meets
    "config.absent": ("tidak ada berkas pengaturan itu", "there is no such settings file"),
    "config.unreadable": ("berkas pengaturan tidak dapat dibaca", "the settings file cannot be read"),
    "packet.missing": ("paket tidak ada atau tidak terbaca", "no such packet, or it cannot be read"),
    "packet.sidecar_missing": ("berkas .sig di samping paket tidak ada", "the .sig file beside the packet is missing"),
    "packet.sidecar_forged": (
        "berkas .sig tidak ditandatangani stasiun itu",
        "the station did not sign the .sig file",
    ),
    "packet.renamed": (
        "nama paket berbeda dari yang ditandatangani",
        "the packet has another name than was signed",
    ),
    "packet.altered": ("isi paket telah berubah", "the packet's bytes were changed"),
    "packet.not_for_this_key": ("paket bukan untuk kunci ini", "the packet is not for this key"),
    "packet.signature_invalid": (
        "isi paket tidak ditandatangani stasiun itu",
        "that station did not sign what is in the packet",
    ),
    "packet.member_altered": (
        "isi paket tidak cocok dengan daftarnya",
        "the members differ from the manifest",
    ),
    "packet.name_taken": ("paket lain sudah memakai nama ini", "another packet has this name"),
    "packet.disk_full": ("penyimpanan penuh, paket belum ditulis", "the disk is full, the packet is not written"),
    "packet.simulated": (
        "rekaman simulasi tidak dapat disegel untuk sertifikat produksi",
        "a simulated recording cannot be sealed for a production certificate",
    ),
    "packet.recipient_unreadable": ("sertifikat tidak dapat dibaca", "the certificate cannot be read"),
    "packet.no_recipient": ("sertifikat pusat data belum diatur", "no certificate of the data centre is set"),
    "store.locked": ("stasiun lain memakai data ini", "another station uses these data"),
    "store.wrong_key": ("kunci tidak cocok dengan basis data", "the key is not the database's"),
    "store.damaged": ("basis data rusak", "the database is damaged"),
    "store.newer": ("basis data dari versi program yang lebih baru", "the database is of a newer program"),
    "store.unwritable": ("folder data tidak dapat ditulis", "the data folder cannot be written"),
    "store.disk_full": ("penyimpanan penuh", "the disk is full"),
    "store.not_permitted": ("folder data hanya dapat dibaca", "the data folder can only be read"),
    "store.missing": ("basis data hilang: pulihkan cadangan", "the database is missing: restore a backup"),
    "keys.missing": (
        "kunci stasiun hilang: pulihkan cadangan",
        "the station's keys are missing: restore a backup",
    ),
    "keys.passphrase_needed": ("stasiun ini dibuka dengan frasa sandi", "this station opens with a passphrase"),
    "time.behind": (
        "jam komputer mundur sejak catatan terakhir: setel jamnya",
        "the clock has gone back since the last record: set it",
    ),
    "time.ahead": (
        "jam komputer melompat jauh ke depan: setel jamnya",
        "the clock has jumped far ahead: set it",
    ),
    "keys.no_office": (
        "sertifikat kantor belum diatur (keys.office_certificate)",
        "the office's certificate is not set (keys.office_certificate)",
    ),
    "keys.recovery_other_office": ("cadangan ini untuk kantor lain", "this backup is another office's"),
    "backup.damaged": ("cadangan rusak", "the backup is damaged"),
    "backup.unreadable": ("cadangan tidak dapat dibaca", "the backup cannot be read"),
    "backup.disk_full": ("disk cadangan penuh", "the backup's disk is full"),
    "backup.not_written": ("disk cadangan tidak dapat ditulis", "the backup's disk cannot be written"),
    "restore.not_empty": ("folder data tidak kosong", "the data folder is not empty"),
    "keys.exposed": ("berkas kunci terbaca oleh orang lain", "others may read the key files"),
    "keys.incomplete": ("berkas kunci tidak lengkap", "key files are missing"),
    "keys.damaged": ("berkas kunci rusak", "the key files are damaged"),
    "keys.unreadable": ("berkas kunci tidak dapat dibaca", "the key files cannot be read"),
    # what to do about every other one
    **{
        f"way.{way.value}": words
        for way, words in {
            WayOn.CORRECT_INPUT: ("perbaiki masukan", "correct the input"),
            WayOn.RETRY: ("coba lagi", "try again"),
            WayOn.SIGN_ON: ("masuk sebagai petugas", "sign on"),
            WayOn.ASK_SUPERVISOR: ("minta penyelia", "ask a supervisor"),
            WayOn.SCREEN_AGAIN: ("ulangi pemeriksaan protokol", "screen again"),
            WayOn.FREE_SPACE: ("kosongkan penyimpanan", "free some space"),
            WayOn.RESTORE_BACKUP: ("pulihkan cadangan", "restore a backup"),
            WayOn.UPDATE_PROGRAM: ("perbarui program", "update the program"),
            WayOn.CLOSE_OTHER_INSTANCE: ("tutup program yang lain", "close the other program"),
            WayOn.CHECK_SETTINGS: ("periksa pengaturan", "check the settings"),
            WayOn.SET_CLOCK: ("setel jam komputer", "set the computer's clock"),
            WayOn.CALL_TECHNICIAN: ("panggil teknisi", "call a technician"),
        }.items()
    },
}


class InputError(Exception):
    """Something on the command line cannot be used; its text is the line to print."""


@dataclass(frozen=True, slots=True)
class Words:
    """The table in one language."""

    language: Language

    def __call__(self, key: str, **filled: object) -> str:
        """The words by that key. Raises KeyError where the table has none."""
        return _WORDS[key][self.language == "en"].format(**filled)

    def of_code(self, code: str, way_on: WayOn) -> str:
        """What an error's code means, or else the code with what can be done."""
        return self(code) if code in _WORDS else f"{code}: {self(f'way.{way_on.value}')}"
