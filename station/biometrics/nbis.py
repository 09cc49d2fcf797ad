"""NIST's matcher (mindtct and Bozorth3 of NBIS) behind the same interface, where `nbis-python` is installed.

It is never required: some of its wheels need libraries that a station may lack, and none is made for Windows. Whether
it loads is found out by loading it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Final, Protocol, Self, cast

from devices.fingerprint import GreyImage
from station.biometrics.images import finger_png
from station.biometrics.matching import FingerMatcher, Template, picture_mm2
from station.biometrics.ridges import touched_mm2

PACKAGE: Final = "nbis"


class _Minutiae(Protocol):
    def compare(self, other: Self) -> int: ...


class _Extractor(Protocol):
    def extract_minutiae(self, image_bytes: bytes) -> _Minutiae: ...


class NbisPackage(Protocol):
    """What is used of the package, the same from version 0.1.9 to 0.1.21."""

    @property
    def NbisError(self) -> type[Exception]: ...  # noqa: N802 - the package's own name

    @property
    def NbisExtractorSettings(self) -> Callable[..., object]: ...  # noqa: N802 - the package's own name

    @property
    def new_nbis_extractor(self) -> Callable[[object], _Extractor]: ...


@dataclass(frozen=True, slots=True, eq=False)
class _NbisTemplate(Template):
    minutiae: _Minutiae = field(repr=False)


class NbisMatcher:
    """Bozorth3 on mindtct's minutiae.

    Args:
        package: `nbis-python`, as imported.
    """

    algorithm: Final = "nbis-bozorth3"
    threshold: Final = 40.0
    """NBIS' own guide takes scores above this for one finger's."""

    def __init__(self, package: NbisPackage) -> None:
        self._package = package
        self._extractors: dict[int, _Extractor] = {}

    def template(self, image: GreyImage, dpi: int) -> Template:
        """Some 30 ms for 20 x 16 mm."""
        area_mm2 = touched_mm2(image, dpi)
        try:
            minutiae = self._extractor(dpi).extract_minutiae(finger_png(image))
        except self._package.NbisError as error:
            raise ValueError(f"NBIS found no minutiae: {type(error).__name__}") from None  # its words may name a file
        return _NbisTemplate(self.algorithm, area_mm2, picture_mm2(image, dpi), minutiae)

    def compare(self, a: Template, b: Template) -> float:
        """0 to some 500; about 1 ms. Which comes first changes it a little."""
        if not (isinstance(a, _NbisTemplate) and isinstance(b, _NbisTemplate)):
            raise TypeError(f"not a template of {self.algorithm}")
        return float(a.minutiae.compare(b.minutiae))

    def reliable(self, template: Template) -> bool:
        return template.shows_enough

    def _extractor(self, dpi: int) -> _Extractor:
        if dpi not in self._extractors:
            settings = self._package.NbisExtractorSettings(
                min_quality=0.0, get_center=False, check_fingerprint=False, compute_nfiq2=False, ppi=float(dpi)
            )
            self._extractors[dpi] = self._package.new_nbis_extractor(settings)
        return self._extractors[dpi]


def nbis_matcher() -> FingerMatcher | None:
    """NIST's matcher, or None where it is not installed or does not load."""
    try:
        package = import_module(PACKAGE)
    except Exception:  # noqa: BLE001 - a foreign binary that does not fit may raise anything while it is loaded
        return None
    if not all(hasattr(package, name) for name in ("NbisError", "NbisExtractorSettings", "new_nbis_extractor")):
        return None  # another package of this name
    return NbisMatcher(cast("NbisPackage", package))
