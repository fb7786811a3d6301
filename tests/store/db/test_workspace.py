from pathlib import Path

from audits.store.db import workspace
from layers import installation


def test_the_flag_wins_over_the_environment(tmp_path: Path) -> None:
    chosen = workspace.chosen(str(tmp_path / "a"), {"JAIDEE_WORKSPACE": str(tmp_path / "b")})
    assert chosen.folder == tmp_path / "a"


def test_the_environment_wins_over_the_folder_beside_the_program(tmp_path: Path) -> None:
    assert workspace.chosen(None, {"JAIDEE_WORKSPACE": str(tmp_path)}).folder == tmp_path
    assert workspace.chosen("", {}).folder == installation.ROOT / "workspace"


def test_the_environment_names_a_shared_record_and_the_flag_a_folder_with_its_own_file(tmp_path: Path) -> None:
    environment = {"JAIDEE_WORKSPACE": str(tmp_path / "b"), "JAIDEE_STORE": " postgresql://u:geheim@db.example/record "}
    shared = workspace.chosen(None, environment)
    assert (shared.folder, shared.is_shared) == (tmp_path / "b", True)
    assert shared.store_name == "postgresql://db.example/record"
    assert "geheim" not in repr(shared)
    assert workspace.parsed(shared.store_url).drivername == "postgresql+psycopg"
    assert not workspace.chosen(str(tmp_path / "a"), environment).is_shared
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
