"""Plain pages escape what they are given and link to themselves in the other language."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from app_pages.web import plain_pages
from audits import wording

HOSTILE = "\"><script>alert('1')</script>"


def request(query: str = "", cookie: str = "") -> Request:
    headers = [(b"cookie", cookie.encode())]
    return Request({"type": "http", "query_string": query.encode(), "headers": headers})


def sign_in_page(query: str = "", **values: object) -> str:
    given = {
        "next": "/",
        "username": "",
        "oidc_path": "",
        "is_readable": False,
        "has_form": False,
        "public_path": "",
        **values,
    }
    return plain_pages.page(request(query), "sign_in.html.j2", **given).body.decode()


def test_what_was_typed_is_shown_as_text() -> None:
    page = sign_in_page(username=HOSTILE, next=f"/{HOSTILE}", problems=(HOSTILE,))
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 2


def test_the_other_language_keeps_the_rest_of_the_address() -> None:
    page = sign_in_page("next=%2Fsite%3Fsite%3DKK-012&lang=en")
    assert '<html lang="en">' in page
    assert 'href="?next=%2Fsite%3Fsite%3DKK-012&amp;lang=th"' in page
    assert '<span lang="en" aria-current="true">' in page


def test_a_password_that_others_could_read_is_not_asked_for_in_silence() -> None:
    assert "https://" in sign_in_page(is_readable=True)
    assert "https://" not in sign_in_page()


def test_the_form_keeps_where_the_reader_wanted_to_go() -> None:
    assert 'action="/sign-in?next=%2Fsite%3Fa%3D1%262&amp;lang=th"' in sign_in_page(next="/site?a=1&2")


def test_the_offices_own_sign_in_is_offered_where_there_is_one() -> None:
    assert "/sign-in/office" not in sign_in_page()
    assert 'href="/sign-in/office"' in sign_in_page(oidc_path="/sign-in/office")


def test_a_language_chosen_by_address_is_remembered() -> None:
    assert "lang=en" in plain_pages.error(request("lang=en"), 404).headers["set-cookie"]
    assert "set-cookie" not in plain_pages.error(request(), 404).headers


@pytest.mark.parametrize("status", plain_pages.MESSAGES)
@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_every_refusal_has_a_sentence_of_its_own(status: int, language: str) -> None:
    response = plain_pages.error(request(f"lang={language}"), status)
    assert response.status_code == status
    assert f"<h1>{wording.Wording(language).text(plain_pages.MESSAGES[status])}</h1>" in response.body.decode()
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
