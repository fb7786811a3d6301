"""The packages of the store import downwards only."""

import ast
from pathlib import Path

from audits import store

# lowest first
PACKAGES = (
    "db",
    "audit_log",
    "register",
    "requests",
    "works",
    "photos",
    "surveys",
    "accounts",
    "public_form",
    "integrity",
    "backup",
)
FOLDER = Path(store.__file__).parent


def test_every_package_has_its_floor() -> None:
    assert {path.parent.name for path in FOLDER.glob("*/__init__.py")} == set(PACKAGES)


def test_no_package_imports_one_above_it() -> None:
    upwards = [
        f"{path.relative_to(FOLDER)} imports {node.module}"
        for floor, package in enumerate(PACKAGES)
        for path in (FOLDER / package).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("audits.store")
        if node.module.split(".")[2:3] not in [[name] for name in PACKAGES[: floor + 1]]
    ]
    assert upwards == []
