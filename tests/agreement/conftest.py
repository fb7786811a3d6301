"""Give the tests of agreement the demonstration and a thin real record; a plan of either is solved once."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app_pages.session import cache
from audits import wording
from audits.plans import certificate, solved_plan
from tests.agreement import worlds

SOLVED: dict[object, Any] = {}
LOCK = threading.Lock()


@pytest.fixture(scope="session")
def root(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory, town: Any) -> Path:
    """A workspace with three surveyed ramps, and the demonstration beside it."""
    folder = Path(shutil.copytree(demonstration_folder, tmp_path_factory.mktemp("agreement") / "workspace"))
    worlds.survey_thin(folder, town.complete_ramp)
    return folder


@pytest.fixture(scope="session")
def demonstration(root: Path) -> worlds.World:
    return worlds.World(root, demonstration=True)


@pytest.fixture(scope="session")
def thin(root: Path) -> worlds.World:
    return worlds.World(root, demonstration=False)


@pytest.fixture(scope="session", params=["demonstration", "thin"])
def world(request: pytest.FixtureRequest) -> worlds.World:
    return request.getfixturevalue(request.param)


@pytest.fixture(params=wording.LANGUAGES)
def words(request: pytest.FixtureRequest) -> wording.Wording:
    return wording.Wording(request.param)


@pytest.fixture(scope="module", autouse=True)
def _solved_once() -> Iterator[None]:
    """Solve each planning model once for each set of wishes: command and page that ask alike share the work."""
    solve = solved_plan.solve

    def once(model: Any, constraints: Any, **options: Any) -> Any:
        key = certificate.model_text(model), repr(constraints)
        with LOCK:
            if key not in SOLVED:
                SOLVED[key] = solve(model, constraints, **options)
            return SOLVED[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solved_plan, "solve", once)
        yield


@pytest.fixture(scope="module", autouse=True)
def _read_once(read_once: None) -> None:
    """What commands and pages read is held to be the same by its key."""


@pytest.fixture(scope="module", autouse=True)
def _opened_by_pages(root: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAIDEE_WORKSPACE", str(root))
        yield
    cache.open_store.clear()
