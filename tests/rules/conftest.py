import shutil
from pathlib import Path

import pytest

from audits.rules import files, model


@pytest.fixture(scope="module")
def rules() -> model.Criteria:
    return files.load_criteria()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "criteria"
    shutil.copytree(files.FOLDER, copy)
    return copy
