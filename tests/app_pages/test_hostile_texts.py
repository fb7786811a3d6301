"""What people wrote stands on every page letter by letter: no Markdown, no HTML, no link, no picture."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Element

from app_pages.session import cache, page_roles, plain_text
from audits.store.db import workspace
from tests import hostile
from tests.app_pages import opening

# a page that escapes does not hold these any more
IN_MARKDOWN = tuple(text for text in hostile.TEXTS if text not in plain_text.literal(hostile.ALL))
IN_HTML = tuple(text for text in hostile.TEXTS if html.escape(text, quote=False) != text)
PAGES = sorted({page for role in page_roles.MENU_OF for page in page_roles.pages(role)})
# Streamlit shows these without reading Markdown in them
PLAIN_FIELDS = {
    "id",
    "element_id",
    "value",
    "raw_value",
    "raw_values",
    "default",
    "key",
    "placeholder",
    "url",
    "query_string",
}
PLAIN_TYPES = {
    "selectbox": {"options"},
    "multiselect": {"options"},
    "arrow_data_frame": None,
    "component_instance": None,
}


@pytest.fixture(scope="module")
def folder(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile.record(demonstration_folder, tmp_path_factory.mktemp("hostile"))


@pytest.fixture(autouse=True)
def _reader(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(workspace.ENVIRONMENT_KEY, str(folder))
    cache.open_store.clear()
    yield
    cache.open_store.clear()


def _nodes(node: Any) -> Iterator[Any]:
    if isinstance(node, Block):
        yield node
        for child in node.children.values():
            yield from _nodes(child)
    elif isinstance(node, Element):
        yield node


def _texts(message: Any) -> Iterator[tuple[str, str]]:
    """Yield every text of a protocol message with the name of its field."""
    for field, value in message.ListFields():
        for one in [value] if isinstance(value, str) or hasattr(value, "ListFields") else _many(value):
            if isinstance(one, str):
                yield field.name, one
            elif hasattr(one, "ListFields"):
                yield from _texts(one)


def _many(value: Any) -> list[Any]:
    if hasattr(value, "values"):
        return list(value.values())
    return list(value) if hasattr(value, "__iter__") and not isinstance(value, bytes) else []


def faults(app: AppTest) -> set[str]:
    """Return the texts that a page would render as something else, with the element that does."""
    found = set()
    for node in _nodes(app._tree.main):
        if node.proto is None or not hasattr(node.proto, "ListFields"):
            continue
        plain = PLAIN_TYPES.get(node.type, set())
        if plain is None:
            continue
        for name, text in _texts(node.proto):
            if name in PLAIN_FIELDS | plain:
                continue
            is_html = node.type == "html" or getattr(node.proto, "allow_html", False)
            if is_html:
                found |= {f"{node.type}.{name}: {one}" for one in IN_HTML if one in text}
            if not is_html or node.type == "markdown":
                shown = " ".join(text.split())
                found |= {f"{node.type}.{name}: {one}" for one in IN_MARKDOWN if one in shown}
                if shown.startswith(hostile.TEXTS[0]):
                    found.add(f"{node.type}.{name}: a block")
    return found


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_every_name_and_note_letter_by_letter(page: str) -> None:
    app = opening.opened(f"{page}.py", lang="en", site=hostile.SITE)
    assert not app.exception
    assert faults(app) == set()
    # of the tabs of a site only the open one is drawn
    for tab in ("findings", "works", "history", "score", "place") if page == "site" else ():
        app.query_params["tab"] = tab
        app.run()
        assert not app.exception, tab
        assert faults(app) == set(), tab
