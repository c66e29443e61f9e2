"""What a study leaves out by kind keeps its row and says why; a kind that is none is refused."""

import pytest

from slgeo.config import read_study
from slgeo.errors import StudyError
from slgeo.pipeline.inputs import read_places


def study_with(folder, line: str):
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('file = "groups.csv"', f'file = "groups.csv"\n{line}'), encoding="utf-8"
    )
    return read_study(path)


def commonest(places) -> str:
    """The kind that most groups of the example are of."""
    groups = places.sites[places.sites["source"].str.startswith("groups.csv")]
    return str(groups["kind"].mode().iloc[0])


def test_kinds_left_out_are_listed_with_the_reason(example_copy, tmp_path) -> None:
    whole = read_places(read_study(example_copy / "study.toml"), "EPSG:27700", cache=tmp_path)
    kind = commonest(whole)
    study = study_with(example_copy, f'exclude = ["{kind}"]')

    chosen = read_places(study, "EPSG:27700", cache=tmp_path)

    out = chosen.left_out[chosen.left_out["why_not"] == "study.toml leaves its kind out"]
    assert len(out) > 0
    assert set(out["kind"]) == {kind}
    assert len(chosen.sites) + len(out) == len(whole.sites)


def test_only_keeps_those_kinds_of_that_file(example_copy, tmp_path) -> None:
    kind = commonest(
        read_places(read_study(example_copy / "study.toml"), "EPSG:27700", cache=tmp_path)
    )
    study = study_with(example_copy, f'only = ["{kind}"]')

    chosen = read_places(study, "EPSG:27700", cache=tmp_path)

    counted = chosen.sites[chosen.sites["source"].str.startswith("groups.csv")]
    assert set(counted["kind"]) == {kind}
    assert "gp" in set(chosen.sites["kind"]), "other files are not touched"


def test_a_kind_that_is_none_is_refused_with_the_nearest(example_copy, tmp_path) -> None:
    study = study_with(example_copy, 'only = ["libary"]')
    at = [asked.file.name for asked in study.places].index("groups.csv")

    with pytest.raises(StudyError, match=rf"places\[{at}\]: 'libary'.*did you mean 'library'"):
        read_places(study, "EPSG:27700", cache=tmp_path)
