"""Zip files from strangers stay in their folder and within their size."""

from __future__ import annotations

import stat
import struct
import zipfile

import pytest

from slgeo.errors import SourceError
from slgeo.sources import archive
from slgeo.sources.archive import members, unpack


def zipped(path, entries):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, body in entries:
            out.writestr(name, body)
    return path


@pytest.mark.parametrize(
    "name", ["../x.csv", "/etc/x", "a/../../x", "..\\x", "C:\\x", "C:x", "a/..", "\\\\host\\x"]
)
def test_an_entry_that_leaves_the_folder_is_refused_and_nothing_is_written(tmp_path, name):
    path = zipped(tmp_path / "a.zip", [("good.csv", "a"), (name, "b")])

    with pytest.raises(SourceError, match="leads out of its folder"):
        unpack(path, tmp_path / "out")

    assert not (tmp_path / "out").exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.zip"]


def test_a_link_is_refused(tmp_path):
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = zipped(tmp_path / "a.zip", [(link, "/etc/passwd")])

    with pytest.raises(SourceError, match="is a link"):
        members(path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = zipped(tmp_path / "a.zip", [("zeros", b"\0" * (80 << 20))])

    with pytest.raises(SourceError, match="zip bomb"):
        unpack(path, tmp_path / "out")
    with pytest.raises(SourceError, match="unpacks to more than"):
        members(path, most_bytes=1 << 20)


def test_an_entry_larger_than_it_says_is_stopped(tmp_path):
    """The size in the directory lies: 10 bytes are claimed, a million come."""
    path = zipped(tmp_path / "a.zip", [("x", b"abcdefghij" * 100_000)])
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(mark) + offset
        data[at : at + 4] = struct.pack("<I", 10)
    path.write_bytes(data)

    with pytest.raises(SourceError):
        unpack(path, tmp_path / "out")

    assert not [p for p in (tmp_path / "out").rglob("*") if p.is_file()]


def test_a_corrupt_entry_leaves_nothing_half_written(tmp_path):
    path = zipped(tmp_path / "a.zip", [("x", bytes(range(256)) * 4000)])
    data = bytearray(path.read_bytes())
    data[200] ^= 0xFF
    path.write_bytes(data)

    with pytest.raises(SourceError):
        unpack(path, tmp_path / "out")

    assert not [p for p in (tmp_path / "out").rglob("*") if p.is_file()]


def test_too_many_entries_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MOST_ENTRIES", 3)

    with pytest.raises(SourceError, match="4 entries"):
        members(zipped(tmp_path / "a.zip", [(str(i), "") for i in range(4)]))


def test_a_zip_cut_in_half_is_refused_in_words(tmp_path):
    path = zipped(tmp_path / "a.zip", [("x", "y" * 1000)])
    path.write_bytes(path.read_bytes()[:60])

    with pytest.raises(SourceError, match="download it again"):
        members(path)


def test_only_wanted_files_are_unpacked_and_resource_forks_are_not(tmp_path):
    path = zipped(
        tmp_path / "a.zip", [("d/A.SHP", "1"), ("d/a.txt", "2"), ("__MACOSX/d/._a.shp", "3")]
    )

    made = unpack(path, tmp_path / "out", suffixes=(".shp",))

    assert [p.relative_to(tmp_path / "out").as_posix() for p in made] == ["d/A.SHP"]
    assert made[0].read_text() == "1"
