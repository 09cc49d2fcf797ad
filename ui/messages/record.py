"""What the record can say: rules, input, officers, keys, store and packet."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ui.language import Text as T  # noqa: N817 - a table of two hundred pairs

RECORD: Final = MappingProxyType(
    {
        # What is typed
        "biodata.card_later": T("Belum 17 tahun: kartu dicetak nanti.", "Not yet 17: the card comes later."),
        "biodata.unchanged": T("Tidak ada yang diubah.", "Nothing was changed."),
        "biodata.invalid": T("Biodata belum benar.", "The biodata are not right yet."),
        "biodata.name_characters": T("Nama memuat selain huruf.", "The name has more than letters in it."),
        "biodata.name_one_word": T("Nama hanya satu kata.", "The name is a single word."),
        "biodata.name_too_long": T("Nama lebih dari 60 huruf.", "The name is longer than 60 letters."),
        "date.future": T("Tanggal di masa depan.", "A date to come."),
        "date.unreadable": T("Tulis hari-bulan-tahun.", "Write day-month-year."),
        "family_card.not_sixteen_digits": T("Nomor KK 16 angka.", "A KK number has 16 digits."),
        "field.empty": T("Harus diisi.", "Must be filled in."),
        "field.not_digits": T("Hanya angka, paling banyak 3.", "Digits only, 3 at most."),
        "field.unknown_code": T("Pilih dari daftar.", "Choose from the list."),
        "nik.date_differs": T("NIK memuat tanggal lahir lain.", "The NIK holds another date of birth."),
        "nik.no_such_date": T("NIK memuat tanggal yang tidak ada.", "The NIK holds a date that does not exist."),
        "nik.not_sixteen_digits": T("NIK harus 16 angka.", "A NIK has 16 digits."),
        "nik.serial_zero": T("Empat angka akhir NIK tidak boleh 0000.", "A NIK never ends in 0000."),
        "nik.sex_differs": T("NIK memuat jenis kelamin lain.", "The NIK holds another sex."),
        "nik.unknown_province": T("Kode provinsi NIK tidak dikenal.", "The NIK's province is not known."),
        "identify.not_read_back": T("Bacakan biodata kepada pemohon dahulu.", "Read the biodata aloud first."),
        "identify.reason_missing": T("Tulis alasannya.", "Write the reason."),
        "identify.too_young": T("Pemohon belum 16 tahun.", "The applicant is not yet 16."),
        # The visit
        "visit.no_reason_to_defer": T("Tidak ada alasan untuk menunda.", "There is no reason to put it off."),
        "visit.no_such_step": T("Langkah ini tidak ada.", "There is no such step."),
        "visit.out_of_turn": T("Langkah ini belum atau sudah lewat gilirannya.", "It is not this step's turn."),
        "visit.put_off_instead": T("Tidak lulus: tunda, jangan batalkan.", "Not passed: put it off instead."),
        "visit.too_early": T("Tanggal kembali belum tiba.", "The day to come back has not come."),
        "visit.unknown": T("Kunjungan tidak ditemukan.", "There is no such visit."),
        # Screening and protocol
        "capture.not_cleared": T("Pemeriksaan kesehatan perlu diulang.", "Health screening is due again."),
        "protocol.none": T("Belum ada protokol kesehatan yang berlaku.", "No health protocol is in force."),
        "protocol.reason_missing": T("Tulis dasar keputusannya.", "Write the ground of the decision."),
        "protocol.unknown": T("Protokol ini tidak dikenal program.", "The program does not know this protocol."),
        "screening.needs_password": T("Penyetuju harus mengetik kata sandi.", "The approver types a password."),
        "screening.needs_reading": T("Suhu harus diukur.", "The temperature must be measured."),
        "screening.not_cleared": T("Daftar periksa belum lulus.", "The checklist has not passed."),
        "screening.reading_is_final": T("Suhu sudah diukur dua kali.", "The temperature was taken twice."),
        "screening.too_early": T("Ukur ulang belum waktunya.", "Too early for the second reading."),
        "screening.unacceptable": T("Jawaban ini tidak dapat diterima.", "This answer cannot be taken."),
        "screening.unknown_item": T("Butir ini tidak ditanyakan.", "This item is not asked."),
        # Captures
        "exception.absent": T("Jari ini tidak dikecualikan.", "This finger is not excepted."),
        "exception.exists": T("Jari ini sudah dikecualikan.", "This finger is excepted already."),
        "exception.one_officer": T("Perlu petugas kedua.", "A second officer is needed."),
        "exception.reason_missing": T("Tulis alasan pengecualian.", "Write the reason of the exception."),
        "exception.taken": T("Jari ini sudah diambil.", "This finger was taken already."),
        "fingerprint.attempts_used": T("Semua percobaan jari ini terpakai.", "This finger's attempts are used up."),
        "fingerprint.excepted": T("Jari ini dikecualikan.", "This finger is excepted."),
        "fingerprint.missing": T("Masih ada jari yang belum.", "Some fingers are still missing."),
        "step.nothing_new": T(
            "Langkah ini diulang: ambil yang baru dahulu.", "This step is done over: take a new one first."
        ),
        "fingerprint.unknown": T("Sidik jari tidak ditemukan.", "There is no such print."),
        "likeness.undecided": T(
            "Putuskan dahulu sidik jari yang mirip.", "Decide about the prints that look alike first."
        ),
        "likeness.unknown": T("Kemiripan ini sudah diputuskan.", "This likeness has been decided already."),
        "likeness.reason_missing": T("Tulis mengapa keduanya disimpan.", "Write why both are kept."),
        "exception.portrait_missing": T("Foto bersama tangan belum diambil.", "The photo with both hands is missing."),
        "portrait.attempts_used": T("Tiga foto sudah diambil: pilih satu.", "Three were taken: choose one of them."),
        "portrait.attempts_left": T("Masih bisa difoto lagi.", "There are attempts left."),
        "portrait.bad_profile": T("Berkas batas mutu foto salah.", "The file of the portrait's limits is wrong."),
        "portrait.needs_force": T("Foto belum memenuhi syarat: perlu penyelia.", "Not good enough: ask a supervisor."),
        "portrait.not_accepted": T("Pemohon belum menyetujui foto.", "The applicant has not approved a portrait."),
        "portrait.reason_missing": T("Tulis alasannya.", "Write the reason."),
        "portrait.unknown": T("Foto tidak ditemukan.", "There is no such portrait."),
        "signature.missing": T("Belum ada tanda tangan.", "There is no signature."),
        "signature.not_started": T("Papan tanda tangan belum siap.", "The pad is not ready yet."),
        # Officers
        "officer.exists": T("ID petugas sudah dipakai.", "That officer's id is taken."),
        "officer.id_long_number": T("ID tidak boleh NIK atau NIP.", "The id must not be a NIK or NIP."),
        "officer.id_unfit": T("ID: huruf kecil dan angka, 2 sampai 32.", "Id: small letters and digits, 2 to 32."),
        "officer.name_missing": T("Nama petugas harus diisi.", "The officer's name is missing."),
        "officer.not_first": T("Petugas pertama sudah ada.", "There are officers already."),
        "officer.two_supervisors_left": T("Harus tetap ada dua penyelia.", "Two supervisors must remain."),
        "officer.two_supervisors": T("Perlu dua penyelia berbeda.", "Two different supervisors are needed."),
        "officer.unknown": T("Petugas tidak dikenal.", "The officer is not known."),
        "password.differs": T("Kedua isian kata sandi baru berbeda.", "The two new passwords differ."),
        "password.same": T("Kata sandi baru harus lain.", "The new password must be another one."),
        "password.too_weak": T(
            "Kata sandi terlalu mudah: paling sedikit 10 huruf dan angka, bukan nama.",
            "The password is too easy: at least 10 letters and digits, no names.",
        ),
        "sign_on.failed": T("Nama atau kata sandi salah.", "Wrong name or password."),
        "sign_on.locked": T("Terkunci sementara: terlalu banyak salah.", "Locked for a while: too many mistakes."),
        "sign_on.needed": T("Petugas harus masuk dahulu.", "An officer must sign on first."),
        "sign_on.not_allowed": T("Petugas ini tidak berwenang.", "This officer may not do that."),
        "sign_on.same_officer": T("Harus petugas lain.", "It must be another officer."),
        # Approval, papers and packet
        "approval.needs_supervisor": T("Perlu persetujuan penyelia.", "A supervisor's approval is needed."),
        "approval.own_recording": T("Perekam tidak boleh menyetujui sendiri.", "Nobody approves their own recording."),
        "approval.why_missing": T("Tulis mengapa tidak ada penyelia.", "Write why no supervisor is here."),
        "approval.no_key": T(
            "Stasiun ini belum punya kunci kode persetujuan.", "This station has no key for approval codes yet."
        ),
        "approval.not_asked": T(
            "Rekaman berubah sejak tantangan dibacakan: minta kode lagi.",
            "The recording changed since the challenge: ask for a code again.",
        ),
        "approval.code_mistyped": T("Kode salah dengar: minta dibacakan lagi.", "Misheard: have the code read again."),
        "approval.code_wrong": T(
            "Kode bukan untuk rekaman ini, atau dari penyelia lain.",
            "The code is not for this recording, or another supervisor's.",
        ),
        "approval.code_locked": T(
            "Terkunci sementara: terlalu banyak kode salah.", "Locked for a while: too many wrong codes."
        ),
        "approval.number_wrong": T("Tulis nomor seperti A-012.", "Write the number like A-012."),
        "approval.challenge_mistyped": T(
            "Tantangan salah dengar: minta dibacakan lagi.", "Misheard: have the challenge read again."
        ),
        "approval.key_file_absent": T("Berkas kunci tidak terbaca.", "The key's file cannot be read."),
        "approval.key_file_damaged": T("Berkas kunci rusak.", "The key's file is damaged."),
        "approval.reason_missing": T("Tulis alasan pengembalian.", "Write why it goes back."),
        "deferral.missing": T("Kunjungan ini tidak ditunda.", "This visit was not put off."),
        "paper.not_written": T("Berkas tidak dapat ditulis di folder itu.", "The file cannot be written there."),
        "paper.no_viewer": T("Tidak ada program pembuka PDF.", "There is no program that opens PDF."),
        "receipt.missing": T("Tanda terima belum diterbitkan.", "The receipt was not issued yet."),
        "packet.authorities_unreadable": T(
            "Berkas penerbit sertifikat tidak terbaca.", "The file of authorities cannot be read."
        ),
        "packet.no_authorities": T(
            "Penerbit sertifikat pusat data belum diatur.", "No authority of the data centre is set up."
        ),
        "packet.practice_recipient": T(
            "Sertifikat latihan tidak boleh dipakai sungguhan.", "A practice certificate is not for earnest."
        ),
        "packet.recipient_expired": T(
            "Sertifikat pusat data sudah kedaluwarsa.", "The data centre's certificate has expired."
        ),
        "packet.recipient_not_yet": T(
            "Sertifikat pusat data belum berlaku.", "The data centre's certificate is not valid yet."
        ),
        "packet.recipient_untrusted": T(
            "Sertifikat pusat data tidak dipercaya.", "The data centre's certificate is not trusted."
        ),
        "packet.altered": T("Paket berubah setelah disegel.", "The packet was changed after sealing."),
        "packet.bad_recipient": T("Sertifikat pusat data tidak cocok.", "The data centre's certificate is unfit."),
        "packet.foreign": T("Berkas ini bukan milik kunjungan mana pun.", "This file belongs to no visit."),
        "packet.disk_full": T("Disk penuh: paket belum tertulis.", "The disk is full: no packet was written."),
        "packet.incomplete": T("Rekaman belum lengkap untuk disegel.", "The recording is not complete."),
        "packet.member_altered": T("Isi paket berubah.", "A part of the packet was changed."),
        "packet.missing": T("Berkas paket tidak ada.", "The packet's file is missing."),
        "packet.no_recipient": T("Sertifikat pusat data belum diatur.", "No certificate of the data centre is set."),
        "packet.not_for_this_key": T("Paket bukan untuk kunci ini.", "The packet is not for this key."),
        "packet.not_sealed": T("Paket belum disegel.", "The packet is not sealed yet."),
        "packet.name_taken": T("Nama paket sudah dipakai.", "Another packet has this name."),
        "packet.not_written": T("Paket tidak dapat ditulis.", "The packet could not be written."),
        "packet.recipient_unreadable": T("Sertifikat pusat data tidak terbaca.", "The certificate cannot be read."),
        "packet.renamed": T("Nama berkas paket berubah.", "The packet's file was renamed."),
        "packet.sidecar_forged": T("Berkas tanda paket palsu.", "The packet's sidecar is forged."),
        "packet.sidecar_missing": T("Berkas tanda paket tidak ada.", "The packet's sidecar is missing."),
        "packet.signature_invalid": T("Tanda tangan paket tidak sah.", "The packet's signature is not valid."),
        # Handing a finished card over
        "hand_over.again": T("Sudah diserahkan: penyelia harus ikut.", "Handed over already: a supervisor must join."),
        "hand_over.given_already": T("Kartu ini sudah diserahkan.", "This very card was handed over already."),
        "hand_over.no_card": T("Tempelkan kartu baru dahulu.", "Lay the new card down first."),
        "hand_over.not_sealed": T("Rekaman itu belum disegel.", "That recording is not sealed yet."),
        "hand_over.old_card": T("Ini kartu lama pemohon.", "This is the person's old card."),
        "hand_over.other_visit": T("Kartu ini milik rekaman lain.", "This card belongs to another recording."),
        "hand_over.reason_missing": T("Tulis alasannya.", "Write the reason."),
        "hand_over.unknown": T("Tidak ditemukan.", "Nothing was found."),
        "packet.simulated": T(
            "Rekaman simulasi tidak boleh disegel sungguhan.", "A simulated recording is not sealed."
        ),
        # Backup
        "backup.busy": T("Cadangan sedang dibuat.", "A backup is being made."),
        "backup.damaged": T("Berkas cadangan rusak: pakai yang lain.", "The backup is damaged: use another."),
        "backup.disk_full": T("Disk cadangan penuh.", "The backup's disk is full."),
        "backup.ended": T("Cadangan dihentikan.", "The backup was ended."),
        "backup.not_written": T(
            "Disk cadangan tidak dapat ditulis: pasang lagi.", "The backup's disk cannot be written: plug it in again."
        ),
        "backup.unreadable": T("Berkas cadangan tidak terbaca.", "The backup cannot be read."),
        "restore.bad_key": T("Ini bukan kunci kantor.", "This is no key of an office."),
        "restore.not_empty": T("Folder data tidak kosong.", "The data folder is not empty."),
        # Keys, store, settings
        "audit.bad_signature": T("Tanda tangan jejak audit tidak sah.", "The audit trail's signature is not valid."),
        "audit.broken_link": T("Jejak audit terputus.", "The audit trail is broken."),
        "audit.cut_off": T("Jejak audit terpotong.", "The audit trail was cut off."),
        "audit.head_differs": T("Kepala jejak audit berbeda.", "The audit trail's head differs."),
        "audit.out_of_order": T("Urutan jejak audit salah.", "The audit trail is out of order."),
        "blob.destroyed": T("Gambar sudah dihapus setelah disegel.", "The captures were destroyed at sealing."),
        "config.absent": T("Berkas pengaturan tidak ada.", "The settings file is missing."),
        "config.invalid": T("Pengaturan salah.", "The settings are wrong."),
        "config.syntax": T("Berkas pengaturan rusak.", "The settings file is damaged."),
        "config.unreadable": T("Berkas pengaturan tidak terbaca.", "The settings file cannot be read."),
        "desk.closed": T("Stasiun belum siap.", "The station is not ready."),
        "keys.missing": T(
            "Basis data ada, tetapi kunci stasiun tidak ada.", "The database is there, the station's keys are not."
        ),
        "store.missing": T("Paket ada, tetapi basis data tidak ada.", "There are packets, but the database is gone."),
        "time.behind": T(
            "Jam komputer lebih awal dari catatan terakhir.", "The clock is earlier than the last record."
        ),
        "time.ahead": T("Menurut jam ini catatan terakhir sudah lama.", "By this clock the last record is long ago."),
        "keys.exist": T("Kunci stasiun sudah ada.", "The station has its keys already."),
        "keys.keyring_refuses": T("Penyimpan kunci sistem menolak.", "The system's keyring refuses."),
        "keys.no_keyring": T("Sistem ini tidak punya penyimpan kunci.", "This system has no keyring."),
        "keys.no_tpm": T("TPM komputer ini tidak menjawab.", "This computer's TPM does not answer."),
        "keys.tpm_refuses": T(
            "TPM komputer ini tidak membuka kunci stasiun.", "This computer's TPM does not open the station's keys."
        ),
        "keys.other_vault": T(
            "Kunci disimpan di tempat lain dari pengaturan.", "The keys rest elsewhere than the settings say."
        ),
        "keys.passphrase_needed": T("Masukkan frasa sandi stasiun.", "Enter the station's passphrase."),
        "keys.passphrase_weak": T(
            "Frasa sandi lemah: minimal 14 karakter, tidak umum.",
            "Weak passphrase: 14 characters or more, not a common one.",
        ),
        "keys.passphrase_differs": T("Kedua isian frasa sandi berbeda.", "The two passphrases differ."),
        "keys.passphrase_wrong": T("Frasa sandi salah.", "Wrong passphrase."),
        "officer.no_factor": T("Petugas ini belum punya verifikasi kedua.", "This officer has no second factor yet."),
        "officer.factor_required": T(
            "Tugas Anda wajib memakai verifikasi kedua.", "Your role must have a second factor."
        ),
        "officer_card.none": T("Petugas ini belum punya kartu terdaftar.", "This officer has no card on record."),
        "officer_card.taken": T("Kartu ini sudah milik petugas lain.", "This card is another officer's already."),
        "officer_card.no_authority": T(
            "Penerbit kartu petugas belum diatur.", "No authority of officers' cards is set up."
        ),
        "officer_card.unreadable": T("Sertifikat kartu tidak terbaca.", "The card's certificate cannot be read."),
        "officer_card.untrusted": T("Penerbit kartu tidak dipercaya.", "The card's authority is not trusted."),
        "officer_card.expired": T("Sertifikat kartu tidak berlaku lagi.", "The card's certificate is not valid now."),
        "officer_card.unfit": T("Sertifikat kartu bukan untuk masuk.", "The card's certificate is not for signing on."),
        "officer_card.other_card": T("Ini kartu petugas lain.", "This is another officer's card."),
        "officer_card.signature_wrong": T("Bukti kartu tidak benar.", "The card's proof is wrong."),
        "sign_on.code_needed": T("Masukkan kode dari aplikasi autentikator.", "Enter the authenticator's code."),
        "sign_on.card_needed": T("Masukkan kartu petugas dan PIN-nya.", "Put in the officer's card, type its PIN."),
        "sign_on.factor_missing": T(
            "Pasang verifikasi kedua dahulu di Akun saya.", "Take on a second factor first, in My account."
        ),
        "sign_on.code_wrong": T("Kode salah atau sudah dipakai.", "The code is wrong or was used before."),
        "keys.damaged": T("Kunci stasiun rusak.", "The station's keys are damaged."),
        "keys.exposed": T("Kunci stasiun dapat dibaca orang lain.", "Others can read the station's keys."),
        "keys.incomplete": T("Kunci stasiun tidak lengkap.", "Some of the station's keys are missing."),
        "keys.no_office": T("Sertifikat kantor belum diatur.", "The office's certificate is not set up."),
        "keys.recovery_damaged": T("Berkas pemulihan kunci rusak.", "The recovery file is damaged."),
        "keys.recovery_other_office": T(
            "Berkas pemulihan milik kantor lain.", "The recovery file is another office's."
        ),
        "keys.recovery_unreadable": T("Berkas pemulihan tidak terbaca.", "The recovery file cannot be read."),
        "keys.unwritable": T("Kunci stasiun tidak dapat ditulis.", "The station's keys cannot be written."),
        "keys.unreadable": T("Kunci stasiun tidak terbaca.", "The station's keys cannot be read."),
        "store.closed": T("Basis data belum terbuka.", "The database is not open."),
        "store.damaged": T("Basis data tidak lagi seperti ditulis.", "The database is not as it was written."),
        "store.disk_full": T(
            "Disk penuh: data terakhir belum tersimpan.", "The disk is full: the last step is not saved."
        ),
        "store.locked": T("Stasiun sudah terbuka di jendela lain.", "The station is open in another window."),
        "store.newer": T("Basis data dari program yang lebih baru.", "The database is from a newer program."),
        "store.not_permitted": T("Folder data tidak boleh ditulis.", "The data folder may not be written."),
        "store.unwritable": T("Folder data tidak dapat ditulis.", "The data folder cannot be written."),
        "store.wrong_key": T("Kunci tidak cocok dengan basis data.", "The key does not fit the database."),
    }
)
