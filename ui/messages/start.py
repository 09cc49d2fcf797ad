"""What keeps a station from opening, or closes it: a title each, and what to do before pressing the one button."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from station.errors import StationError, WayOn
from ui.language import Text
from ui.language import Text as T  # noqa: N817 - a table of many pairs
from ui.messages.actions import BUG_ACTION, WAYS_ON


class Deed(StrEnum):
    """What the button does."""

    RETRY = "retry"
    CLOSE = "close"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Fault:
    """One screen: what is the matter, what is to be done first, and the button."""

    title: Text
    first: Text
    deed: Deed


_BUTTONS: Final[Mapping[Deed, Text]] = MappingProxyType(
    {
        Deed.RETRY: WAYS_ON[WayOn.RETRY],
        Deed.CLOSE: T("Tutup program", "Close the program"),
        Deed.RESTORE: T("Pulihkan cadangan …", "Restore a backup …"),
    }
)
_RESTORE: Final = T(
    "Panggil teknisi. Pilih berkas cadangan, lalu kunci kantor. Data lama tetap disimpan.",
    "Call a technician. Choose the backup, then the office's key. The old data are kept.",
)
_FOLDER: Final = T(
    "Periksa disk dan izin folder data, lalu coba lagi.", "Check the disk and the data folder's rights, then try again."
)
_KEYS: Final = T("Kunci stasiun hilang", "The station's keys are missing")
_CLOCK: Final = T(
    "Setel tanggal dan jam komputer, lalu coba lagi. Rekaman yang ada aman.",
    "Set the computer's date and clock, then try again. What was recorded is safe.",
)
_FAULTS: Final[Mapping[str, Fault]] = MappingProxyType(
    {
        "store.disk_full": Fault(
            T("Disk penuh", "The disk is full"),
            T("Kosongkan ruang disk, lalu coba lagi.", "Make room on the disk, then try again."),
            Deed.RETRY,
        ),
        "store.not_permitted": Fault(
            T("Disk hanya dapat dibaca", "The disk can only be read"),
            _FOLDER,
            Deed.RETRY,
        ),
        "store.unwritable": Fault(
            T("Folder data tidak dapat dipakai", "The data folder cannot be used"), _FOLDER, Deed.RETRY
        ),
        "store.damaged": Fault(T("Basis data rusak", "The database is damaged"), _RESTORE, Deed.RESTORE),
        "store.missing": Fault(T("Basis data hilang", "The database is missing"), _RESTORE, Deed.RESTORE),
        "store.wrong_key": Fault(T("Kunci tidak cocok", "The key does not fit"), _RESTORE, Deed.RESTORE),
        "keys.missing": Fault(_KEYS, _RESTORE, Deed.RESTORE),
        "keys.incomplete": Fault(_KEYS, _RESTORE, Deed.RESTORE),
        "keys.damaged": Fault(T("Kunci stasiun rusak", "The station's keys are damaged"), _RESTORE, Deed.RESTORE),
        "store.locked": Fault(
            T("Stasiun sudah terbuka", "The station is open already"),
            T("Tutup jendela ini dan pakai yang sudah terbuka.", "Close this window and use the one that is open."),
            Deed.CLOSE,
        ),
        "store.newer": Fault(
            T("Program ini terlalu lama", "This program is too old"),
            T(
                "Perbarui program, lalu buka lagi. Data aman.",
                "Update it, then open again. Data are safe.",
            ),
            Deed.CLOSE,
        ),
        "time.behind": Fault(T("Jam komputer mundur", "The computer's clock went back"), _CLOCK, Deed.RETRY),
        "time.ahead": Fault(T("Jam komputer melompat maju", "The computer's clock jumped ahead"), _CLOCK, Deed.RETRY),
    }
)
_OTHER: Final = T("Stasiun belum dapat dibuka", "The station cannot be opened")


def fault_of(code: str, error: BaseException) -> Fault:
    """What its screen says and offers."""
    found = _FAULTS.get(code)
    if found is not None:
        return found
    first = WAYS_ON[error.way_on] if isinstance(error, StationError) else BUG_ACTION
    return Fault(_OTHER, first, Deed.RETRY)


def button_of(deed: Deed) -> Text:
    """The button's words."""
    return _BUTTONS[deed]
