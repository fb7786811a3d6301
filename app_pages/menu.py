"""Show the menu of the reader's role and the page that is open."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import streamlit as st

from app_pages import session
from app_pages.session import navigation, page_roles, page_titles, plain_text
from audits import errors
from audits.store.db import workspace

FOLDER = Path(__file__).parent

# before anything else: without a local icon the browser asks a stranger for one
st.set_page_config(page_title="Jaidee", page_icon="♿", layout="wide")

try:
    context = session.find()
except errors.JaideeError as refused:
    session.show_script_error(refused)
    # nothing can be shown without a store and weights: say why, in the words of the error
    st.error(plain_text.literal(session.words_of_script().error(refused)))
    st.stop()
text, role = context.words.text, context.role


def _page(name: str, visibility: Literal["visible", "hidden"]) -> st.Page:
    # the page that a role begins with has no path of its own
    default = name == page_roles.first(role)
    file = FOLDER / f"{name}.py"
    return st.Page(file, title=text(page_titles.TITLES[name]), url_path=name, default=default, visibility=visibility)


compared = workspace.chosen(None, os.environ).nation_folder.is_dir()
menu = {
    text(group) if group else "": [
        _page(name, "hidden" if name == page_roles.ONLY_WITH_RESULTS and not compared else "visible") for name in names
    ]
    for group, names in page_roles.MENU_OF[role].items()
}
listed = {name for names in page_roles.MENU_OF[role].values() for name in names}
menu[""] += [_page(name, "hidden") for name in page_roles.pages(role) if name not in listed]
page = st.navigation(menu, position="top")
st.set_page_config(page_title=f"{page.title} – Jaidee", page_icon="♿", layout="wide")
navigation.masthead(context)
with (
    session.incidents_kept(context, page_titles.TITLES[page.url_path or page_roles.first(role)]),
    session.given(context),
):
    page.run()
navigation.footer(context)
