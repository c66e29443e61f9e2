"""study.toml becomes a frozen Study, or one error that lists every fault and what to do."""

import dataclasses
from pathlib import Path

import pytest

from slgeo.config import Study, keys, read_study
from slgeo.config.study import REPEATED, SECTIONS
from slgeo.errors import StudyError

SMALL = """
title = "Who can reach a GP?"
[areas]
file = "areas.geojson"
[roads]
file = "roads.osm.pbf"
[[places]]
file = "places.xlsx"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("areas.geojson", "roads.osm.pbf", "places.xlsx"):
        (tmp_path / name).touch()
    return tmp_path


def study_of(folder: Path, text: str, **options: bool) -> Study:
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return read_study(folder / "study.toml", **options)


def fault_of(folder: Path, text: str) -> str:
    with pytest.raises(StudyError) as caught:
        study_of(folder, text)
    message = str(caught.value)
    assert message.startswith("study.toml")
    assert "\n" not in message, "an error is one line"
    return message


def test_a_small_study_has_every_default(folder: Path) -> None:
    study = study_of(folder, SMALL)

    assert study.title == "Who can reach a GP?"
    assert study.place == "the study area"
    assert study.areas.file == folder / "areas.geojson"
    assert study.areas.study is None
    assert [place.file.name for place in study.places] == ["places.xlsx"]
    assert study.travel.modes == ("walk", "drive")
    assert study.travel.thresholds == (10, 15, 20, 30)
    assert [study.travel.limit[mode] for mode in ("walk", "cycle", "drive")] == [60, 60, 90]
    assert [study.gaps.beyond(mode) for mode in ("walk", "drive")] == [20, 15]
    assert study.output.folder == folder
    assert study.output.disclosure == "hes"
    assert study.given == {"title", "areas.file", "roads.file", "places[0].file"}


def test_every_key_is_read_as_its_own_example(folder: Path) -> None:
    """The examples in the documentation are themselves valid, and none is ignored."""
    text = []
    for name in SECTIONS:
        if name:
            text.append(f"[[{name}]]" if name in REPEATED else f"[{name}]")
        text += [f"{key.name} = {key.example}" for key in keys(name)]
    written = "\n".join(text).replace('file = "groups.csv"', 'file = "places.xlsx"')

    study = study_of(folder, written, files_must_exist=False)

    assert {name for name, _, own in study.parameters() if own} == {
        name for name, _, _ in study.parameters()
    }


def test_the_dotted_form_in_the_readme_is_the_same_study(folder: Path) -> None:
    dotted = """
title = "Who can reach a GP?"
areas.file = "areas.geojson"
roads.file = "roads.osm.pbf"
places = [{ file = "places.xlsx" }]
"""

    assert study_of(folder, dotted) == study_of(folder, SMALL)


def test_a_study_is_frozen_and_hashable(folder: Path) -> None:
    study = study_of(folder, SMALL)

    assert hash(study) == hash(study_of(folder, SMALL))
    with pytest.raises(dataclasses.FrozenInstanceError):
        study.title = "other"  # type: ignore[misc]  # the claim is that this fails


def test_the_key_of_a_stage_changes_with_its_sections_only(folder: Path) -> None:
    study = study_of(folder, SMALL)
    slower = study_of(folder, SMALL + "[travel]\nmax_snap = 300\n")

    assert study.key("travel") != slower.key("travel")
    assert study.key("areas", "roads") == slower.key("areas", "roads")
    assert study.key() != slower.key()


def test_the_key_of_a_stage_is_the_same_in_another_folder(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    there = study_of(elsewhere, SMALL, files_must_exist=False)

    assert there.key() == study_of(folder, SMALL).key()


def test_the_studys_own_areas_are_a_column_or_codes(folder: Path) -> None:
    column = study_of(folder, SMALL.replace("[roads]", 'study = "in_area"\n[roads]'))
    codes = study_of(folder, SMALL.replace("[roads]", 'study = ["E06000017"]\n[roads]'))

    assert column.areas.study == "in_area"
    assert codes.areas.study == ("E06000017",)


def test_a_limit_for_one_mode_leaves_the_others(folder: Path) -> None:
    study = study_of(folder, SMALL + "[travel]\nlimit = { walk = 45 }\n")

    assert [study.travel.limit[mode] for mode in ("walk", "cycle", "drive")] == [45, 60, 90]


def test_an_integer_and_a_decimal_are_the_same_number(folder: Path) -> None:
    whole = study_of(folder, SMALL + "[travel]\nthresholds = [30, 10]\n")
    decimal = study_of(folder, SMALL + "[travel]\nthresholds = [10.0, 30.0]\n")

    assert whole.key() == decimal.key()


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("[travel]\nthreshold = [10]", "unknown key 'threshold': did you mean 'thresholds' in"),
        ("[gaps]\nwalking = 20", "unknown key 'walking': did you mean 'walk' in [gaps]"),
        ("[gaps]\nmax_snap = 20", "did you mean 'max_snap', which stands in [travel]"),
        ("[roades]\nfile = 'x'", "unknown key 'roades': did you mean [roads]"),
        ("[place]\nfile = 'x'", "not a table; did you mean [[places]]?"),
        ("[travel]\nqqq = 1", "known are modes, thresholds"),
        ("[travel]\nmodes = ['walk', 'bus']", "modes is 'bus'; must be one of walk, cycle, drive"),
        ("[travel]\nmodes = 'walk'", 'modes must be a list, such as ["walk", "drive"]'),
        ("[travel]\nmodes = []", "modes is an empty list"),
        ("[travel]\nmodes = ['walk', 'walk']", "names 'walk' more than once"),
        ("[travel]\nthresholds = [0]", "thresholds is 0; the least is 1"),
        ("[travel]\nthresholds = [10, 75]", "threshold 75 is over the longest walk journey"),
        ("[travel]\nthresholds = [true]", "must be a number"),
        ("[travel]\nmax_snap = nan", "max_snap must be a number, not nan"),
        ("[travel]\nmax_snap = inf", "max_snap must be a number, not inf"),
        ("[travel]\nmax_snap = '500'", "max_snap must be a number, such as 500, not text '500'"),
        ("[travel]\nlimit = 60", "limit must be a table, such as { walk = 60"),
        ("[travel]\nlimit = { fly = 60 }", "names 'fly'; the modes are walk, cycle, drive"),
        ("[travel]\nlimit = { walk = -5 }", "limit is -5; the least is 1"),
        ("[travel]\ndirection = 'there'", "must be one of to, from"),
        ("[travel]\nspeeds = ['run']", "speeds is 'run'; must be one of walk, walk_older_adult"),
        ("[travel]\nspeeds = ['walk', 'walk_buggy']", "walk and walk_buggy are both for walk"),
        ("[travel]\nspeeds = ['cycle']", "speeds cycle are for cycle, which is not among the"),
        ("[travel]\njunction_seconds = 4", "junctions included; give others too"),
        ("[travel]\nmodes = ['walk']\nparking_minutes = 3", "which is not travelled"),
        ("[gaps]\nwalk = 75", "[gaps] walk = 75 is over the longest walk journey searched"),
        ("[output]\ndisclosure = 'none'", "must be one of hes, lt5, lt10"),
        ("[output]\nfolder = 'areas.geojson'", "[output] folder areas.geojson is a file"),
        ("[origins]\npostcodes = 'https://x.uk/a.csv'", "download the file, then give its name"),
        ("[[places]]\nkind = 'gp'", "[places[1]] file is missing, such as file ="),
        ("[[places]]\nfile = 'places.xlsx'\nonly = ['gp']\nexclude = ['gp']", "and excludes"),
        ("[[sources]]\nfile = 'a.csv'\npublisher = 'B'", "'a.csv' is no file of this study"),
        ("[registrations]\nstatus = 'secret'", "must be one of published, sensitive"),
    ],
)
def test_a_fault_is_named_with_what_to_do(folder: Path, added: str, said: str) -> None:
    assert said in fault_of(folder, f"{SMALL}\n{added}\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "title is missing"),
        ('title = ""', "title is empty"),
        ('title = "a\\nb"', "title holds line breaks or control characters"),
        ('title = "a\\u0000b"', "control characters"),
        ("title = 7", "title must be text in quotes"),
        ('invented = "yes"', "invented must be true or false without quotes, not text 'yes'"),
        ('date = "yesterday"', "date must be a date such as"),
        ('date = "2025-13"', "no calendar has"),
        ("areas = 'x.geojson'", "areas must be a section: [areas] with file ="),
        ("[places]\nfile = 'x'", "[places] needs two brackets"),
        ("places = ['x']", "places must be sections headed [[places]]"),
        ("roads = 3", "roads must be a section"),
    ],
)
def test_a_fault_at_the_top_is_named(folder: Path, text: str, said: str) -> None:
    assert said in fault_of(folder, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('title = "a', "line 1: Unterminated string"),
        ("title =\n", "line 1, column"),
        ('a = 1\nfile = "C:\\data\\x.csv"', "line 2, column"),
        ('file = "C:\\data\\x.csv"', "write paths with / rather than \\"),
        ("[roads]\n[roads]\n", "stands there twice"),
        ("title = 'a'\ntitle = 'b'\n", "stands there twice"),
        ("[" * 9000, "study.toml"),
        ("a = " + "[" * 9000, "nested too deeply"),
    ],
)
def test_a_fault_of_syntax_names_its_line(folder: Path, text: str, said: str) -> None:
    assert said in fault_of(folder, text)


def test_missing_files_are_listed_at_once_with_where_to_get_them(tmp_path: Path) -> None:
    message = fault_of(tmp_path, SMALL)

    for file in ("areas.geojson", "roads.osm.pbf", "places.xlsx"):
        assert f"{file} is not there" in message
    assert "Open Geography Portal" in message


def test_check_may_read_a_study_whose_files_are_not_there(tmp_path: Path) -> None:
    study = study_of(tmp_path, SMALL, files_must_exist=False)

    assert len(study.missing()) == 3


def test_a_folder_in_place_of_a_file_is_missing(folder: Path) -> None:
    (folder / "postcodes").mkdir()

    assert "postcodes is not there" in fault_of(
        folder, SMALL + "[origins]\npostcodes = 'postcodes'\n"
    )


def test_an_input_that_a_run_would_overwrite_is_refused(folder: Path) -> None:
    (folder / "tables").mkdir()
    (folder / "tables" / "mine.csv").touch()
    (folder / "results.xlsx").touch()

    message = fault_of(
        folder,
        SMALL + "[[places]]\nfile='tables/mine.csv'\n[origins]\npostcodes='results.xlsx'\n",
    )

    assert "places[1].file: tables/mine.csv is where a run writes" in message
    assert "origins.postcodes: results.xlsx is where a run writes" in message


@pytest.mark.parametrize("name", ["catchments.gpkg", "catchments.geojson", "minutes_gp_walk.tif"])
def test_an_input_called_like_a_file_of_travel_time_areas_is_refused(
    folder: Path, name: str
) -> None:
    """A list of practices' own catchments has this name easily; a run must not write over it."""
    (folder / name).touch()

    message = fault_of(folder, SMALL + f"[practices]\nboundaries = '{name}'\n")

    assert f"practices.boundaries: {name} is where a run writes" in message


@pytest.mark.parametrize(
    ("file", "output"),
    [
        ("sub/../page.csv", "."),
        ("page.csv", "sub/.."),
        ("linked.csv", "."),
        ("page.csv", "beside"),
    ],
)
def test_an_input_is_not_written_over_however_its_path_is_spelt(
    folder: Path, file: str, output: str
) -> None:
    (folder / "sub").mkdir()
    (folder / "page.csv").touch()
    (folder / "linked.csv").symlink_to(folder / "page.csv")
    (folder / "beside").symlink_to(folder, target_is_directory=True)

    message = fault_of(
        folder, SMALL + f"[[places]]\nfile = '{file}'\n[output]\nfolder = '{output}'\n"
    )

    assert "is where a run writes its results" in message


def test_the_mark_windows_notepad_writes_is_accepted(folder: Path) -> None:
    (folder / "study.toml").write_bytes(b"\xef\xbb\xbf" + SMALL.encode())

    assert read_study(folder / "study.toml").title == "Who can reach a GP?"


def test_utf_16_is_refused_with_what_to_do(folder: Path) -> None:
    (folder / "study.toml").write_bytes(SMALL.encode("utf-16"))

    with pytest.raises(StudyError, match="not UTF-8 text; save it as UTF-8"):
        read_study(folder / "study.toml")


def test_a_huge_file_is_refused_unread(folder: Path) -> None:
    (folder / "study.toml").write_bytes(b"#" * 1_000_001)

    with pytest.raises(StudyError, match="not a study file"):
        read_study(folder / "study.toml")


def test_a_study_file_that_is_not_there_is_a_study_error(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="cannot be read"):
        read_study(tmp_path / "study.toml")


def test_files_are_listed_with_the_key_that_asks_for_them(folder: Path) -> None:
    study = study_of(folder, SMALL)

    assert study.files("places") == (("places[0].file", folder / "places.xlsx"),)
    assert [name for name, _ in study.files()] == ["areas.file", "roads.file", "places[0].file"]


def test_parameters_say_which_are_the_studys_own(folder: Path) -> None:
    study = study_of(folder, SMALL + "[travel]\nmax_snap = 300\n")

    own = {name: (value, own) for name, value, own in study.parameters()}

    assert own["travel.max_snap"] == (300, True)
    assert own["travel.direction"] == ("to", False)
    assert own["areas.file"] == ("areas.geojson", True)
    assert own["travel.limit"] == ({"walk": 60, "cycle": 60, "drive": 90}, False)


def test_every_key_is_documented() -> None:
    for key in keys():
        assert key.meaning, key
        assert key.example, key
        assert key.shape not in {"file", "files"} or key.advice, key


def test_a_key_of_several_files_takes_one_or_a_list_and_numbers_them(folder: Path) -> None:
    one = SMALL.replace("[roads]", 'deprivation = "imd.csv"\n[roads]')
    two = SMALL.replace("[roads]", 'deprivation = ["imd.csv", "wimd.ods"]\n[roads]')

    alone = study_of(folder, one, files_must_exist=False)
    both = study_of(folder, two, files_must_exist=False)

    assert alone.areas.deprivation == (folder / "imd.csv",)
    assert ("areas.deprivation", folder / "imd.csv") in alone.files()
    assert [key for key, _ in both.files("areas")][1:] == [
        "areas.deprivation[0]",
        "areas.deprivation[1]",
    ]
    assert any("wimd.ods is not there" in phrase for phrase in both.missing())
    assert ("areas.deprivation", ["imd.csv", "wimd.ods"], True) in both.parameters()
    assert "more than once" in fault_of(folder, two.replace("wimd.ods", "imd.csv"))


@pytest.mark.parametrize("written", ["areas.geojson", "./areas.geojson", "{folder}/areas.geojson"])
def test_a_credit_names_its_file_as_the_section_does(folder: Path, written: str) -> None:
    file = written.replace("{folder}", folder.as_posix())
    study = study_of(folder, f"{SMALL}\n[[sources]]\nfile = '{file}'\npublisher = 'B'\n")

    assert study.named(study.sources[0].file) == folder / "areas.geojson"


def test_a_credit_may_name_a_file_elsewhere_by_its_name_alone(folder: Path) -> None:
    study = study_of(
        folder,
        f"{SMALL}\n[[places]]\nfile = 'sub/groups.csv'\n[registrations]\nfile = 'a/b.csv'\n"
        "[link_workers]\nfile = 'c/b.csv'\n[practices]\nnetworks = 'n.csv'\n",
        files_must_exist=False,
    )

    assert study.named("groups.csv") == folder / "sub/groups.csv"
    assert study.named("b.csv") is None, "two files have that name"
