import hashlib

import pytest

from audits.store.db import workspace
from audits.store.surveys import quarantine

pytestmark = pytest.mark.usefixtures("the_file")


def test_the_bytes_are_kept_as_they_came(place: workspace.Workspace) -> None:
    content = bytes(range(256)) * 3
    sha256 = quarantine.keep_file(place, content)
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert place.refused_path(sha256).read_bytes() == content
    assert place.refused_path(sha256).parent == place.refused_folder


def test_the_same_bytes_are_kept_once_and_an_empty_file_too(place: workspace.Workspace) -> None:
    for content in (b"", b"x", b"x", b""):
        quarantine.keep_file(place, content)
    assert len(list(place.refused_folder.iterdir())) == 2
