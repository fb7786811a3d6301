"""What the register retired is in no view that is worked out from the record."""

import datetime as dt
import functools
import json
import shutil

import pytest

from audits import record, wording
from audits.access import site_network
from audits.book import book_pages
from audits.export import offline_map
from audits.field.kit import page
from audits.field.odk import site_list
from audits.plans import build_model, site_fixes
from audits.quality import report, sentences
from audits.ramps import price_books
from audits.reports import contents
from audits.scoring import run
from audits.store.db import connection, workspace
from audits.store.register import changes, devices

ENGLISH = wording.Wording("en")
DAY = dt.date(2027, 3, 4)
NOON = dt.datetime(2027, 3, 3, 5, 0, tzinfo=dt.UTC)
MARK = "about to be retired"
RAMP, SITE = "KK-012.ramp.1", "KK-020"


@functools.cache
def _contents(found):
    found = found.select(code for code in (RAMP.split(".")[0], SITE, "KK-021") if code in found.sites.index)
    return contents.contents(found, ENGLISH, options=contents.Options(DAY))


def _map(_store, found):
    return offline_map.panel(_contents(found), ENGLISH)


def _kit(store, found):
    packed = page.pack(found, devices.latest(store), page.Origin("w"))
    return json.dumps(packed["sites"], ensure_ascii=False)


def _form(store, _found):
    return site_list.sites_csv(*record.register(store), ENGLISH).decode()


def _book(_store, found):
    made = _contents(found)
    known = book_pages.Known(made, ENGLISH)
    return repr([book_pages.page(row, known.suggested().get(row.code), known) for row in made.sites.itertuples()])


def _export(_store, found):
    return "".join(table.to_csv() for table, _ in _contents(found).tables(ENGLISH).values())


def _works(_store, found):
    return repr(site_fixes.fixes(found, price_books.sample()))


def _plan(store, found):
    ways = site_network.read(store.workspace.folder, found.area)
    model = build_model.build(ways, found, price_books.sample())
    return repr([*model.fixes, *model.model.fixes])


def _score(_store, found):
    return found.audit.findings[["site_code", "element_id"]].drop_duplicates().to_csv()


VIEWS = {
    "score": _score,
    "map": _map,
    "kit": _kit,
    "form": _form,
    "book": _book,
    "exports": _export,
    "works": _works,
    "plan": _plan,
}


@pytest.fixture(scope="module", name="stores")
def _stores(demonstration_folder, tmp_path_factory):
    """The demonstration in which a ramp and another site are marked, and the same with both retired."""
    folder = tmp_path_factory.mktemp("retired")
    for name in ("before", "after"):
        shutil.copytree(demonstration_folder / "demonstration", folder / name)
    opened = {
        name: connection.open_store(workspace.Workspace(folder / name), kind="demonstration")
        for name in ("before", "after")
    }
    for name, store in opened.items():
        changes.change_element(store, RAMP, {"label": MARK}, "engineer", "marked", changed_at=NOON)
        changes.change_site(store, SITE, {"name_en": MARK + " too"}, "engineer", "marked", None, NOON)
        if name == "after":
            changes.change_element(store, RAMP, {"retired": True}, "engineer", "gone", changed_at=NOON)
            changes.change_site(store, SITE, {"retired": True}, "engineer", "closed", None, NOON)
    yield opened
    for store in opened.values():
        store.close()


@pytest.fixture(scope="module", name="found")
def _found(stores, book, weights):
    return {name: record.read(store, book, weights) for name, store in stores.items()}


@pytest.mark.parametrize("view", VIEWS)
def test_a_retired_element_and_a_retired_site_leave_every_view(stores, found, view):
    before, after = (VIEWS[view](stores[name], found[name]) for name in ("before", "after"))
    assert MARK in before or RAMP in before
    assert f"{MARK} too" in before or SITE in before
    assert MARK not in after
    assert RAMP not in after
    assert SITE not in after


def test_quality_counts_what_counts(stores, found):
    (_, before), (_, after) = (report.of_record(stores[name], found[name], DAY) for name in ("before", "after"))
    gone = (found["before"].elements["site_code"] == SITE).sum()
    assert after.extent.sites.whole == before.extent.sites.whole - 1
    assert after.extent.elements.whole == before.extent.elements.whole - 1 - gone
    assert after.extent.elements.count < before.extent.elements.count
    assert after.checking.approved < before.checking.approved
    assert sentences.lines(after, ENGLISH)


def test_the_edition_is_that_of_the_record(stores, book, weights):
    older = record.read(stores["before"], book, weights, edition="moi_2548")
    assert older.edition == older.audit.edition == "moi_2548"
    assert record.read(stores["before"], book, weights).edition == run.BY_PERMIT_DATE
