"""Give the tests of the offline kit a register, an office that takes in, and phones."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from audits import record
from audits.demo import seed
from audits.field.kit import page as kit_page
from audits.field.kit import store as kit_store
from audits.rules import files
from audits.store.accounts import device_secrets
from audits.store.db import connection, workspace
from audits.store.register import devices
from tests.browser import kit_office
from tests.browser.kit import hand


@pytest.fixture(scope="module", name="register")
def _register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the starter register and a technician, and her secret beside it."""
    folder = tmp_path_factory.mktemp("kit") / "register"
    with connection.open_store(workspace.Workspace(folder)) as store:
        seed.with_starter_register(store, "test")
        (folder / "secret").write_text(device_secrets.give_secret(store, "somying", "test"), "utf-8")
    return folder


@pytest.fixture(name="office")
def _office(register: Path, tmp_path: Path) -> Iterator[kit_office.Office]:
    shutil.copytree(register, tmp_path / "office")
    with kit_office.opened(tmp_path / "office") as office:
        yield office


@pytest.fixture(scope="module", name="common")
def _common(register: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[kit_office.Office]:
    """An office shared by the tests that leave it alive, each with a site of its own."""
    folder = tmp_path_factory.mktemp("kit") / "common"
    shutil.copytree(register, folder)
    with kit_office.opened(folder) as office:
        yield office


@pytest.fixture(name="look_common")
def _look_common(common: kit_office.Office) -> Iterator[connection.Store]:
    with connection.open_store(workspace.Workspace(common.folder)) as store:
        yield store


@pytest.fixture(scope="module", name="file")
def _file(register: Path) -> Path:
    """The kit as one file that knows no office."""
    with connection.open_store(workspace.Workspace(register)) as store:
        origin = kit_page.Origin(kit_store.workspace_id(store))
        known = record.read(store, files.load_criteria(), files.load_weights())
        page = kit_page.render(kit_page.pack(known, devices.latest(store), origin))
    path = register / "kit.html"
    path.write_bytes(page)
    return path


@pytest.fixture(name="phones")
def _phones(chromium: Browser) -> Iterator[hand.Phones]:
    made = hand.Phones(chromium)
    yield made
    for context in made.contexts:
        context.close()
    assert made.wrong == []


@pytest.fixture(name="look")
def _look(office: kit_office.Office) -> Iterator[connection.Store]:
    with connection.open_store(workspace.Workspace(office.folder)) as store:
        yield store
