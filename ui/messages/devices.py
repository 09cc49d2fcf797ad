"""What devices can say: troubles, hints to the person, refusals of the gate."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ui.language import Text as T  # noqa: N817 - a table of two hundred pairs

DEVICES: Final = MappingProxyType(
    {
        # The bay and the ports
        "bay.closed": T("Perangkat sedang tidak tersambung.", "The device is not connected."),
        "bay.connect": T("Beberapa perangkat tidak dapat dibuka.", "Some devices could not be opened."),
        "bay.driver_bug": T("Program perangkat salah jalan.", "The device's program went wrong."),
        "bay.opening": T("Perangkat masih dibuka; tunggu sebentar.", "The device is still being opened; wait."),
        "bay.worker_died": T("Layanan perangkat berhenti.", "The device's service stopped."),
        "capture.cancelled": T("Pengambilan dihentikan.", "The capture was stopped."),
        "device.not_configured": T("Perangkat ini belum diatur.", "This device is not set up."),
        "device.unknown_model": T("Model perangkat tidak dikenal.", "The device's model is not known."),
        "port.absent": T("Port tidak ditemukan.", "The port was not found."),
        "port.busy": T("Port dipakai program lain.", "Another program uses the port."),
        "port.closed": T("Port tertutup.", "The port is closed."),
        "port.denied": T("Program tidak diizinkan memakai port.", "The program may not use the port."),
        "port.invalid": T("Nama port di pengaturan salah.", "The port's name in the settings is wrong."),
        "port.lost": T("Kabel terlepas.", "The cable came off."),
        "port.stuck": T("Port macet.", "The port is stuck."),
        # Camera
        "camera.absent": T("Kamera tidak ditemukan.", "The camera was not found."),
        "camera.busy": T("Kamera dipakai program lain.", "Another program uses the camera."),
        "camera.closed": T("Kamera tidak tersambung.", "The camera is not connected."),
        "camera.denied": T("Program tidak diizinkan memakai kamera.", "The program may not use the camera."),
        "camera.detector_unreadable": T("Berkas model wajah tidak terbaca.", "The face model's file cannot be read."),
        "camera.garbled": T("Gambar kamera rusak.", "The camera's pictures are garbled."),
        "camera.lost": T("Kamera terlepas.", "The camera came off."),
        "camera.no_answer": T("Kamera tidak menjawab.", "The camera does not answer."),
        "camera.no_frame": T("Kamera tidak mengirim gambar.", "The camera sends no pictures."),
        "camera.no_stream": T("Alamat kamera tidak memberi gambar.", "The camera's address gives no pictures."),
        "camera.reader_died": T("Pembacaan kamera berhenti.", "Reading the camera stopped."),
        "camera.silent": T("Kamera tidak menjawab.", "The camera does not answer."),
        "camera.unreadable": T("Berkas gambar tidak dapat dibaca.", "The picture file cannot be read."),
        # Portrait: what the person does about it. Left and right are their own, as they face the camera, however the
        # picture is shown; the guidance tells the picture's.
        "portrait.no_face": T("Wajah tidak terlihat: lihat kamera", "No face in sight: look at the camera"),
        "portrait.several_faces": T("Satu orang saja di depan kamera", "One person only before the camera"),
        "portrait.eyes_unseen": T("Perlihatkan kedua mata", "Show both eyes"),
        "portrait.eyes_closed": T("Buka mata", "Open your eyes"),
        "portrait.too_small": T("Mendekat ke kamera", "Come closer"),
        "portrait.too_near": T("Mundur sedikit", "Move back a little"),
        "portrait.too_far_left": T("Geser ke kiri", "Move to your left"),
        "portrait.too_far_right": T("Geser ke kanan", "Move to your right"),
        "portrait.too_high": T("Duduk lebih rendah", "Sit lower"),
        "portrait.too_low": T("Duduk lebih tinggi", "Sit taller"),
        "portrait.tilted": T("Tegakkan kepala", "Hold your head upright"),
        "portrait.turned": T("Hadap lurus ke kamera", "Turn straight to the camera"),
        "portrait.blurred": T("Jangan bergerak", "Hold still"),
        "portrait.too_dark": T("Terlalu gelap: tambah cahaya", "Too dark: more light"),
        "portrait.too_bright": T("Terlalu terang: kurangi cahaya", "Too bright: less light"),
        "portrait.uneven_light": T("Cahaya harus dari depan", "Light must come from the front"),
        "portrait.glare": T("Silau: lepas kacamata, geser lampu", "Glare: glasses off, move the lamp"),
        "portrait.background": T("Rapikan latar belakang", "Clear the background"),
        "portrait.few_pixels": T("Kamera terlalu kasar: perlu 1280 x 720", "Camera too coarse: 1280 x 720 is needed"),
        "portrait.background_colour": T("Warna latar belakang belum sesuai", "Not the background that is wanted"),
        # Card reader
        "card_reader.bad_answer": T(
            "Jawaban kartu tidak dimengerti; tempelkan lagi.", "The card's answer makes no sense; tap again."
        ),
        "card_reader.file_unreadable": T("Berkas di kartu tidak terbaca.", "A file on the card cannot be read."),
        "card_reader.no_access_module": T(
            "Pembaca ini tidak memiliki modul SAM.", "This reader has no access module (SAM)."
        ),
        "card_reader.no_certificate": T(
            "Kartu petugas tidak memuat sertifikat.", "The officer's card holds no certificate."
        ),
        "card_reader.no_officer_card": T("Kartu ini bukan kartu petugas.", "This is no officer's card."),
        "card_reader.not_authenticated": T("Kartu tidak mengakui modul SAM.", "The card does not accept the SAM."),
        "card_reader.not_signed": T("Kartu petugas tidak menandatangani.", "The officer's card did not sign."),
        "card_reader.pin_blocked": T("PIN kartu terblokir.", "The card's PIN is blocked."),
        "card_reader.pin_unfit": T("PIN: 6 sampai 8 angka.", "PIN: 6 to 8 digits."),
        "card_reader.pin_wrong": T("PIN salah; kartu menghitungnya.", "Wrong PIN; the card counts it."),
        "card_reader.service_mismatch": T(
            "Versi pustaka dan layanan kartu (pcscd 2.2/2.3) tidak cocok.",
            "Card library and service (pcscd 2.2/2.3) are of different versions.",
        ),
        "card_photo.off": T("Foto kartu tidak diaktifkan.", "The card's photo is not switched on."),
        "card_photo.unreadable": T("Foto di kartu tidak dapat ditampilkan.", "The card's photo cannot be shown."),
        "card.left_behind": T(
            "Kartu pemohon sebelumnya masih di pembaca; angkat dahulu.",
            "The last applicant's card lies there still; take it away.",
        ),
        "card_reader.closed": T("Pembaca kartu tidak tersambung.", "The card reader is not connected."),
        "card_reader.denied": T(
            "Layanan kartu (pcscd 2, polkit) menolak sesi ini; panggil teknisi.",
            "The card service (pcscd 2, polkit) refuses this session; call a technician.",
        ),
        "card_reader.foreign_card": T("Kartu ini bukan KTP-el.", "This card is no KTP-el."),
        "card_reader.lost": T("Pembaca kartu terlepas.", "The card reader came off."),
        "card_reader.mute": T("Kartu tidak menjawab; tempelkan lagi.", "The card is mute; tap it again."),
        "card_reader.no_card": T(
            "Tidak ada kartu di pembaca; tempelkan kartu.", "No card on the reader; tap the card."
        ),
        "card_reader.no_reader": T("Pembaca kartu tidak ditemukan.", "No card reader was found."),
        "card_reader.no_service": T(
            "Layanan kartu pintar (pcscd) tidak berjalan.", "The smart card service (pcscd) is not running."
        ),
        "card_reader.no_uid": T("Nomor chip kartu tidak terbaca.", "The card's chip number cannot be read."),
        "card_reader.refused": T("Kartu menolak permintaan.", "The card refused."),
        "card_reader.removed": T("Kartu diangkat terlalu cepat; tempelkan lagi.", "The card left too soon; tap again."),
        "card_reader.second_service": T("Ada dua layanan kartu pintar.", "There are two smart card services."),
        "card_reader.service_lost": T("Layanan kartu pintar berhenti.", "The smart card service stopped."),
        "card_reader.shared": T("Kartu dipakai program lain.", "Another program uses the card."),
        "card_reader.talk_died": T("Percakapan dengan kartu terputus.", "The talk with the card broke off."),
        "card_reader.unreadable": T("Kartu tidak terbaca.", "The card cannot be read."),
        # Fingerprint scanner
        "fingerprint.data_incomplete": T("Data dari pemindai tidak lengkap.", "The scanner's data are incomplete."),
        "fingerprint.too_dry": T("Terlalu kering: lembapkan jari sedikit.", "Too dry: moisten the finger a little."),
        "fingerprint.too_wet": T("Terlalu basah: keringkan, tekan lebih ringan.", "Too wet: dry it, press less."),
        "fingerprint.address": T("Alamat pemindai di pengaturan salah.", "The scanner's address is wrong."),
        "fingerprint.capture_failed": T("Sidik jari tidak terambil; ulangi.", "The print was not taken; once more."),
        "fingerprint.closed": T("Pemindai sidik jari tidak tersambung.", "The scanner is not connected."),
        "fingerprint.faint": T("Sidik jari terlalu tipis; tekan sedikit.", "The print is faint; press a little."),
        "fingerprint.image_gone": T("Gambar sidik jari hilang; ulangi.", "The image was lost; once more."),
        "fingerprint.image_incomplete": T("Gambar sidik jari tidak utuh; ulangi.", "The image is cut; once more."),
        "fingerprint.image_size": T("Ukuran gambar pemindai tidak dikenal.", "The scanner's image size is unknown."),
        "fingerprint.low_contrast": T("Kurang jelas: tekan sedikit lebih kuat.", "Unclear: press a little harder."),
        "fingerprint.messy": T("Sidik jari kabur: bersihkan jari dan alat.", "Smudged: clean finger and scanner."),
        "fingerprint.no_answer": T("Pemindai sidik jari tidak menjawab.", "The scanner does not answer."),
        "fingerprint.no_finger": T("Tidak ada jari di pemindai.", "There is no finger on the scanner."),
        "fingerprint.noisy": T("Kotor: lap jari dan kaca pemindai.", "Dirty: wipe the finger and the glass."),
        "fingerprint.not_lifted": T("Jari belum diangkat.", "The finger has not been lifted."),
        "fingerprint.off_centre": T("Letakkan jari di tengah.", "Put the finger in the middle."),
        "fingerprint.one_finger_only": T("Pemindai ini hanya untuk satu jari.", "This scanner takes one finger alone."),
        "fingerprint.password": T("Kata sandi pemindai di pengaturan salah.", "The scanner's password is wrong."),
        "fingerprint.refused": T("Pemindai menolak perintah.", "The scanner refused."),
        "fingerprint.segments": T("Jumlah jari tidak sesuai; letakkan lagi.", "Not the fingers expected; lay again."),
        "fingerprint.sensor": T("Sensor pemindai rusak.", "The scanner's sensor is broken."),
        "fingerprint.small": T("Terlalu sedikit: letakkan seluruh ujung jari.", "Too little: lay the whole fingertip."),
        "fingerprint.smeared": T("Tergeser: diamkan jari.", "Smeared: keep the finger still."),
        "fingerprint.unfit": T("Pemindai ini tidak dapat dipakai.", "This scanner cannot be used."),
        # Signature pad
        "signature.outside": T("Keluar dari bidang: ulangi di dalamnya.", "Outside the field: once more inside it."),
        "signature.empty": T("Belum ada tanda tangan.", "There is no signature yet."),
        "signature.pen_down": T("Pena belum diangkat; tunggu sebentar.", "The pen is still down; wait a moment."),
        "signature.pen_stuck": T("Pena macet: angkat, lalu tanda tangan lagi.", "The pen is stuck: lift, sign again."),
        "signature.too_few_points": T("Terlalu cepat: ulangi lebih pelan.", "Too quick: once more, more slowly."),
        "signature.too_small": T("Terlalu kecil: satu garis pun cukup.", "Too small: even a line is enough."),
        "signature_pad.no_answer": T("Papan tanda tangan tidak menjawab.", "The signature pad does not answer."),
        "signature_pad.no_sheet": T("Bidang tanda tangan ada di jendela stasiun.", "Signing is done in the window."),
        "signature_pad.unfit": T("Papan tanda tangan ini tidak didukung.", "This signature pad is not supported."),
        "signature_pad.closed": T("Papan tanda tangan tidak tersambung.", "The signature pad is not connected."),
        # Thermometer
        "thermometer.closed": T("Termometer tidak tersambung.", "The thermometer is not connected."),
        "thermometer.garbled": T("Bacaan termometer rusak.", "The thermometer's reading is garbled."),
        "thermometer.no_answer": T("Termometer tidak menjawab.", "The thermometer does not answer."),
        "thermometer.no_entry": T("Suhu belum diketik.", "No temperature was typed."),
        "thermometer.out_of_range": T("Bukan suhu manusia; ukur lagi.", "Not a person's temperature; measure again."),
        # Receiver of position and time
        "position.closed": T("Penerima posisi tidak tersambung.", "The position receiver is not connected."),
        "position.garbled": T(
            "Kiriman penerima posisi tidak terbaca; periksa kecepatan port.",
            "What the position receiver sends cannot be read; check the port's speed.",
        ),
        "position.no_answer": T("Penerima posisi tidak menjawab.", "The position receiver does not answer."),
        "position.no_receiver": T("gpsd tidak melihat penerima posisi.", "gpsd sees no position receiver."),
        "position.silent": T("Penerima posisi terdiam.", "The position receiver has fallen silent."),
        "position.unfit": T("Versi gpsd ini tidak didukung.", "This version of gpsd is not supported."),
        # The gate
        "refusal.no_clearance": T("Belum ada izin rekam.", "There is no clearance to capture."),
        "refusal.other_visit": T("Izin rekam milik kunjungan lain.", "The clearance is another visit's."),
        "refusal.other_officer": T("Izin rekam milik petugas lain.", "The clearance is another officer's."),
        "refusal.other_device": T(
            "Perangkat diganti setelah pemeriksaan.", "The device was exchanged after screening."
        ),
        "refusal.expired": T("Izin rekam sudah habis waktunya.", "The clearance has run out."),
        "refusal.clock_went_back": T("Jam komputer mundur; izin rekam gugur.", "The clock went back; clearance void."),
        "refusal.not_armed": T(
            "Perangkat belum disiapkan untuk pemohon ini.", "The device is not set to this applicant."
        ),
        "refusal.not_disinfected": T(
            "Alat belum didisinfeksi sejak pemohon terakhir.", "Not disinfected since the last applicant."
        ),
        "refusal.hygiene_unrecorded": T("Catatan disinfeksi tidak tersimpan.", "Hygiene could not be recorded."),
        "refusal.revoked": T("Izin rekam sudah dicabut.", "The clearance was revoked."),
    }
)
