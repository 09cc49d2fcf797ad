"""The settings file as the station writes it: what was written is what is read, whole or not at all, over no other."""

from __future__ import annotations

import stat
import tomllib
from datetime import date, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.config import Settings, load
from station.errors import StationError
from station.settings_file import text_of, write_settings

WORDS = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = st.one_of(
    WORDS,
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.dates(),
    st.times(),
)
VALUES = st.one_of(PLAIN, st.lists(PLAIN, max_size=3))
TABLES = st.recursive(
    st.dictionaries(WORDS, VALUES, max_size=3),
    lambda inner: st.dictionaries(WORDS, st.one_of(VALUES, inner), max_size=4),
)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)


@given(TABLES)
@settings(max_examples=80, deadline=None)
def test_what_was_written_is_what_is_read(document: dict[str, Any]) -> None:
    assert tomllib.loads(text_of(document)) == document


@given(words=st.tuples(NAMES, NAMES), days=st.integers(1, 30), opens=st.times(), told=st.dictionaries(NAMES, NAMES))
@settings(max_examples=20, deadline=None)
def test_settings_come_back_as_they_were(words: tuple[str, str], days: int, opens: time, told: dict[str, str]) -> None:
    document: dict[str, Any] = {
        "data_dir": "/srv/a folder",
        "station": {"code": "A-1", "name": words[0]},
        "receipt": {"place": words[1], "working_days": days, "opens": opens, "complaints": told},
        "devices": {"fingerprint": {"driver": "sfm", "url": words[0], "calibrated": date(2020, 4, 13), "dpi": 500}},
    }
    with TemporaryDirectory() as folder:
        write_settings(Path(folder) / "station.toml", document)
        assert load(Path(folder) / "station.toml") == Settings(**document)


def test_a_path_is_text_and_what_toml_cannot_say_is_refused() -> None:
    assert tomllib.loads(text_of({"a": Path("/x y")})) == {"a": "/x y"}
    with pytest.raises(TypeError):
        text_of({"a": None})


def test_the_file_is_its_owners_alone_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "station.toml"
    write_settings(path, {"language": "en"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("link", [False, True], ids=["file", "link to nowhere"])
def test_nothing_is_written_over(tmp_path: Path, link: bool) -> None:
    path = tmp_path / "station.toml"
    if link:
        path.symlink_to(tmp_path / "nowhere")
    else:
        path.write_text("# mine\n", "utf-8")
    with pytest.raises(StationError, match=r"setup\.exists"):
        write_settings(path, {"language": "en"})
    assert path.is_symlink() if link else path.read_text("utf-8") == "# mine\n"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_power_cut_left_half_written_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / ".station.toml.part").write_bytes(b"lang")
    write_settings(tmp_path / "station.toml", {"language": "en"})
    assert [each.name for each in tmp_path.iterdir()] == ["station.toml"]


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder").write_bytes(b"in the way")
    with pytest.raises(StationError, match=r"store\.unwritable|setup\.exists"):
        write_settings(tmp_path / "folder" / "station.toml", {})
