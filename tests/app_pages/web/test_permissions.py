"""Every path belongs to one area, and each area is for some roles."""

from __future__ import annotations

import pytest

from app_pages.web import permissions
from audits import roles


@pytest.mark.parametrize(
    ("path", "area"),
    [
        ("/", permissions.PAGE),
        ("/site", permissions.PAGE),
        ("/signin", permissions.PAGE),
        ("/sign-in", permissions.SIGN_IN),
        ("/sign-in/password", permissions.SIGN_IN),
        ("/sign-in/office", permissions.OIDC),
        ("/sign-in/anything", permissions.ASSET),
        ("/openrosa/formList", permissions.DEVICES),
        ("/openrosax", permissions.PAGE),
        ("/openrosa", permissions.DEVICES),
        ("/field", permissions.DEVICES),
        ("/field_work", permissions.PAGE),
        ("/field/kit", permissions.DEVICES),
        ("/public/a", permissions.PUBLIC),
        ("/publicity", permissions.PAGE),
        ("/_stcore/metrics", permissions.METRICS),
        ("/_stcore/upload_file/a/b", permissions.UPLOAD),
        ("/_stcore/stream", permissions.STREAM),
        ("/media/a.jpg", permissions.MEDIA),
        ("/assets/vendor/fonts/other.woff2", permissions.ASSET),
        ("/auth/login", permissions.OIDC),
        ("/auth/logout", permissions.ASSET),
        ("*", permissions.PAGE),
    ],
)
def test_a_path_belongs_to_one_area(path: str, area: str) -> None:
    assert permissions.area(path) == area


@pytest.mark.parametrize("role", roles.ROLES)
def test_only_those_who_bring_files_may_send_one(role: str) -> None:
    path = "/_stcore/upload_file/session/1"
    assert permissions.area(path) == permissions.UPLOAD
    assert permissions.may_reach(role, permissions.UPLOAD, path, "PUT") == (role != roles.COUNCIL)
