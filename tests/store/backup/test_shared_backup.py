from collections.abc import Callable
from pathlib import Path

import pytest

from audits import survey
from audits.store.backup import dated_backup, restore
from audits.store.db import connection, workspace
from audits.store.integrity import verify
from audits.store.photos import photos
from audits.store.surveys import read, submit

pytestmark = pytest.mark.usefixtures("the_database")


def test_a_shared_record_is_backed_up_and_restored_as_a_file_with_the_same_head(
    store: connection.Store, a_survey: Callable[..., survey.Survey], keep_photo: Callable[[str], str], tmp_path: Path
) -> None:
    red = keep_photo("red")
    submit.submit(store, a_survey(photos=(survey.Photo(red),)), "somchai")
    assert store.workspace.is_shared
    made = dated_backup.write(store, tmp_path / "b")
    assert (made.head, made.problems, made.photos) == (str(read.head(store)), (), 1)
    restore.restore(tmp_path / "b", tmp_path / "new", expect=made.head)
    place = workspace.Workspace(tmp_path / "new")
    assert not place.is_shared
    with connection.open_store(place, create=False) as opened:
        assert verify.verify(opened, made.head).problems == ()
        assert read.survey(opened, "uuid:1") == read.survey(store, "uuid:1")
        assert photos.content(opened, red)
