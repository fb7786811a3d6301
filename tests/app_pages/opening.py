"""Open a page by its address, as a link or a bookmark does: without the first page before it."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

MENU = Path(__file__).parents[2] / "app_pages" / "menu.py"


def opened(page: str = "", **address: str | list[str]) -> AppTest:
    """Return a page as it first shows; the first page if none is named. `address` is the query of the URL."""
    app = AppTest.from_file(str(MENU), default_timeout=120)
    if page:
        app.switch_page(page)
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()
