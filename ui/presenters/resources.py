"""What is left of disk and battery, in words."""

from __future__ import annotations

from typing import Final

from station.services.resources import Resources
from ui.language import Text, fill

ROOM: Final = Text("Ruang disk: {n} rekaman", "Disk: room for {n} recordings")
ROOM_DAYS: Final = Text("Ruang disk: {n} rekaman, {days} hari", "Disk: room for {n} recordings, {days} days")
AMPLE: Final = Text("Ruang disk: lebih dari {days} hari", "Disk: room for more than {days} days")
BATTERY: Final = Text("Baterai: {n} %", "Battery: {n} %")
BATTERY_LEFT: Final = Text("Baterai: {n} %, {hours} j {minutes} mnt", "Battery: {n} %, {hours} h {minutes} min")
CHARGING: Final = Text("Baterai: {n} %, diisi", "Battery: {n} %, charging")
MANY_DAYS: Final = 60


def told(left: Resources) -> tuple[Text, ...]:
    """One sentence for the disk, one for the battery where there is one."""
    if left.days > MANY_DAYS:
        room = fill(AMPLE, days=MANY_DAYS)
    else:
        room = fill(ROOM_DAYS if left.days else ROOM, n=left.recordings, **({"days": left.days} if left.days else {}))
    if left.battery is None:
        return (room,)
    if left.charging:
        return room, fill(CHARGING, n=left.battery)
    if left.minutes is None:
        return room, fill(BATTERY, n=left.battery)
    hours, minutes = divmod(left.minutes, 60)
    return room, fill(BATTERY_LEFT, n=left.battery, hours=hours, minutes=minutes)
