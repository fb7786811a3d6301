"""Show the menu: one line a page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app_pages import session
from app_pages.session import navigation, page_roles
from audits import errors

FOLDER = Path(__file__).parent

# before anything else: without a local icon the browser asks a stranger for one
st.set_page_config(page_title="Jaidee", page_icon="♿", layout="wide")

try:
    context = session.current()
except errors.JaideeError as refused:
    # nothing can be shown without a store and weights: say why, in the words of the error
    st.error(str(refused))
    st.stop()
text = context.words.text
first = page_roles.first(context.role)
pages = [
    st.Page(FOLDER / "city_map.py", title=text("Map"), url_path="city_map", default=first == "city_map"),
    st.Page(FOLDER / "site.py", title=text("Site"), url_path="site"),
    st.Page(FOLDER / "survey.py", title=text("Survey"), url_path="survey"),
    st.Page(FOLDER / "quick_entry.py", title=text("Quick entry"), url_path="quick_entry"),
    st.Page(FOLDER / "field_work.py", title=text("Field work"), url_path="field_work"),
    st.Page(FOLDER / "review.py", title=text("Review"), url_path="review"),
    st.Page(FOLDER / "design.py", title=text("Design"), url_path="design"),
    st.Page(FOLDER / "plan.py", title=text("Budget plan"), url_path="plan"),
    st.Page(FOLDER / "works.py", title=text("Works"), url_path="works"),
    st.Page(FOLDER / "register.py", title=text("Register"), url_path="register"),
    st.Page(FOLDER / "council.py", title=text("Council"), url_path="council", default=first == "council"),
    st.Page(FOLDER / "access.py", title=text("Access"), url_path="access"),
    st.Page(FOLDER / "priority.py", title=text("Priority"), url_path="priority"),
    st.Page(FOLDER / "quality.py", title=text("Quality"), url_path="quality"),
    st.Page(FOLDER / "criteria.py", title=text("Criteria"), url_path="criteria"),
    st.Page(FOLDER / "gazette_check.py", title=text("Check against the gazette"), url_path="gazette_check"),
    st.Page(FOLDER / "exports.py", title=text("Exports"), url_path="exports"),
    st.Page(FOLDER / "start.py", title=text("Start"), url_path="start"),
    st.Page(FOLDER / "audit_log.py", title=text("Audit log"), url_path="audit_log"),
    st.Page(FOLDER / "privacy.py", title=text("Privacy"), url_path="privacy"),
    st.Page(FOLDER / "accounts.py", title=text("Accounts"), url_path="accounts", default=first == "accounts"),
    st.Page(FOLDER / "accessibility.py", title=text("Accessibility"), url_path="accessibility"),
]
# the page that a role begins with has no path of its own
shown = [page for page in pages if page_roles.has(context.role, page.url_path or first)]
page = st.navigation(shown, position="top")
st.set_page_config(page_title=f"{page.title} – Jaidee", page_icon="♿", layout="wide")
navigation.masthead(context)
try:
    page.run()
except errors.NotAllowedError as refused:
    session.show_refusal(context.words, refused)
