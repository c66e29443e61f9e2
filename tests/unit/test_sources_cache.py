"""Files are written whole or not at all; a cache is addressed by content only."""

from __future__ import annotations

import hashlib

import pytest

from slgeo.errors import SourceError
from slgeo.sources.cache import Cache, hash_file, hash_of, written


def test_a_failed_write_leaves_the_old_file_and_no_trace(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("old")

    with pytest.raises(RuntimeError), written(path) as beside:
        beside.write_text("half")
        raise RuntimeError

    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


def test_a_folder_is_moved_into_place_whole(tmp_path):
    target = tmp_path / "deep" / "net"
    for body in ("one", "two"):
        with written(target) as beside:
            beside.mkdir()
            (beside / "x.npy").write_text(body)
            assert beside.parent == target.parent

    assert (target / "x.npy").read_text() == "two"
    assert [p.name for p in target.parent.iterdir()] == ["net"]


def test_nothing_written_is_an_error_not_an_empty_file(tmp_path):
    with pytest.raises(FileNotFoundError), written(tmp_path / "a"):
        pass

    assert list(tmp_path.iterdir()) == []


def test_a_hash_is_that_of_the_bytes(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"x" * 3_000_000)

    assert hash_file(path) == hashlib.sha256(b"x" * 3_000_000).hexdigest()
    with pytest.raises(SourceError, match="no such file"):
        hash_file(tmp_path / "b")


def test_a_key_depends_on_values_not_on_their_order():
    assert hash_of({"a": 1, "b": 2}) == hash_of({"b": 2, "a": 1})
    assert hash_of("a", "b") != hash_of("ab")
    assert hash_of(1) != hash_of("1")
    with pytest.raises(TypeError):
        hash_of(object())


@pytest.mark.parametrize("key", ["../x", "", "abc", "a" * 63 + "/", "A" * 64, "a" * 64 + "./x"])
def test_a_key_can_never_name_another_folder(tmp_path, key):
    with pytest.raises(ValueError, match="cache key"):
        Cache(tmp_path).path(key)


def test_a_cache_gives_back_what_was_written(tmp_path):
    cache = Cache(tmp_path / "c")
    key = hash_of("x") + ".parquet"

    assert not cache.has(key)
    with cache.writing(key) as beside:
        beside.write_text("y")

    assert cache.has(key)
    assert cache.path(key).read_text() == "y"
