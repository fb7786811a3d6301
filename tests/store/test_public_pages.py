"""Pages for everybody are behind once something that stands on them has changed."""

import datetime as dt
import os

import pytest

from audits.store import public_pages
from audits.store.db import connection
from audits.store.register import municipal_choices

# after everything else in the record
NOW = dt.datetime(2090, 3, 3, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("name", "behind"),
    [
        *((name, True) for name in ("prices", "factor_f", "town_th", "data_licence", "public_requests")),
        *((name, False) for name in ("public_council", "privacy_contact", "photo_months", "home_ramps")),
    ],
)
@pytest.mark.usefixtures("the_file")
def test_a_setting_that_stands_on_the_pages_leaves_them_behind(
    store: connection.Store, name: str, behind: bool
) -> None:
    index = public_pages.folder(store.workspace) / "index.html"
    index.parent.mkdir()
    index.write_text("<!DOCTYPE html>", "utf-8")
    made = NOW - dt.timedelta(days=8)
    os.utime(index, (made.timestamp(), made.timestamp()))
    municipal_choices.choose(store, name, "another", "office", NOW)
    assert public_pages.is_behind(store, NOW) is behind
