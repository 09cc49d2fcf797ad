"""The one action of each kind of trouble, as the words of a button or the foot of a card."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from devices.errors import Remedy
from station.errors import WayOn
from ui.language import Text

REMEDIES: Final = MappingProxyType(
    {
        Remedy.RETRY: Text("Coba lagi", "Try again"),
        Remedy.REPOSITION: Text("Atur posisi lagi", "Reposition"),
        Remedy.CLEAN_SURFACE: Text("Bersihkan permukaan", "Clean the surface"),
        Remedy.PLUG_IN: Text("Periksa kabelnya", "Check its cable"),
        Remedy.CHOOSE_PORT: Text("Periksa port di pengaturan", "Check the port in the settings"),
        Remedy.CLOSE_OTHER_PROGRAM: Text("Tutup program lain", "Close the other program"),
        Remedy.DISINFECT: Text("Disinfeksi alat", "Disinfect the device"),
        Remedy.CALL_TECHNICIAN: Text("Panggil teknisi", "Call a technician"),
        Remedy.REPORT_BUG: Text("Laporkan ke teknisi", "Report to a technician"),
    }
)
WAYS_ON: Final = MappingProxyType(
    {
        WayOn.CORRECT_INPUT: Text("Perbaiki", "Correct it"),
        WayOn.RETRY: Text("Coba lagi", "Try again"),
        WayOn.SIGN_ON: Text("Masuk lagi", "Sign on"),
        WayOn.ASK_SUPERVISOR: Text("Panggil penyelia", "Ask a supervisor"),
        WayOn.SCREEN_AGAIN: Text("Periksa kesehatan lagi", "Screen again"),
        WayOn.FREE_SPACE: Text("Kosongkan ruang disk", "Free disk space"),
        WayOn.RESTORE_BACKUP: Text("Pulihkan cadangan", "Restore a backup"),
        WayOn.UPDATE_PROGRAM: Text("Perbarui program", "Update the program"),
        WayOn.CLOSE_OTHER_INSTANCE: Text("Tutup jendela lain", "Close the other window"),
        WayOn.CHECK_SETTINGS: Text("Periksa pengaturan", "Check the settings"),
        WayOn.SET_CLOCK: Text("Setel jam komputer", "Set the computer's clock"),
        WayOn.CALL_TECHNICIAN: Text("Panggil teknisi", "Call a technician"),
    }
)
BUG_ACTION: Final = Text("Laporkan ke teknisi", "Report to a technician")
