from pathlib import Path

import pytest

from audits import errors
from audits.store.db import workspace
from layers import installation


def test_flag_and_environment_that_name_two_records_are_refused_with_both_names(tmp_path: Path) -> None:
    a, b, url = tmp_path / "a", tmp_path / "b", "postgresql://u:geheim@db.example/record"
    for flag, environment, key, other in (
        (a, {"JAIDEE_WORKSPACE": str(b)}, "JAIDEE_WORKSPACE", str(b / "jaidee.gpkg")),
        (a, {"JAIDEE_STORE": url}, "JAIDEE_STORE", "postgresql://db.example/record"),
        # the unit file of a record that moved to a database: the folder is the same, the record is not
        (a, {"JAIDEE_WORKSPACE": str(a), "JAIDEE_STORE": url}, "JAIDEE_STORE", "postgresql://db.example/record"),
    ):
        with pytest.raises(errors.WorkspaceError) as refused:
            workspace.chosen(str(flag), environment)
        assert all(name in str(refused.value) for name in (str(a / "jaidee.gpkg"), key, other))
        assert "geheim" not in str(refused.value)


def test_a_flag_alone_or_of_the_same_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "link").symlink_to("a")
    for environment in ({}, {"JAIDEE_WORKSPACE": ""}, {"JAIDEE_WORKSPACE": str(tmp_path / "link")}):
        assert workspace.chosen(str(tmp_path / "a"), environment) == workspace.Workspace(tmp_path / "a")


def test_the_environment_wins_over_the_folder_beside_the_program(tmp_path: Path) -> None:
    assert workspace.chosen(None, {"JAIDEE_WORKSPACE": str(tmp_path)}).folder == tmp_path
    assert workspace.chosen("", {}).folder == installation.ROOT / "workspace"


def test_the_environment_names_a_shared_record(tmp_path: Path) -> None:
    environment = {"JAIDEE_WORKSPACE": str(tmp_path / "b"), "JAIDEE_STORE": " postgresql://u:geheim@db.example/record "}
    shared = workspace.chosen(None, environment)
    assert (shared.folder, shared.is_shared) == (tmp_path / "b", True)
    assert shared.store_name == "postgresql://db.example/record"
    assert "geheim" not in repr(shared)
    assert workspace.parsed(shared.store_url).drivername == "postgresql+psycopg"
    assert not shared.demonstration.is_shared


def test_everything_lies_in_the_folder(tmp_path: Path) -> None:
    place = workspace.Workspace(tmp_path)
    assert place.store_path == tmp_path / "jaidee.gpkg"
    assert place.photos_folder == tmp_path / "photos"
    assert place.refused_folder == tmp_path / "refused"
    assert place.drafts_path == tmp_path / "drafts.sqlite"
    assert place.profiles_folder == tmp_path / "profiles"
    assert place.weights_path == tmp_path / "weights.yaml"
    assert place.demonstration.store_path == tmp_path / "demonstration" / "jaidee.gpkg"
