"""Show the menu: one line a page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app_pages import frame
from audits import errors

FOLDER = Path(__file__).parent

# before anything else: without a local icon the browser asks a stranger for one
st.set_page_config(page_title="Jaidee", page_icon="♿", layout="wide")

try:
    place = frame.here()
except errors.JaideeError as refused:
    # nothing can be shown without a store and weights: say why, in the words of the error
    st.error(str(refused))
    st.stop()
text = place.words.text
pages = [
    st.Page(FOLDER / "city_map.py", title=text("Map"), default=True),
    st.Page(FOLDER / "site.py", title=text("Site"), url_path="site"),
    st.Page(FOLDER / "survey.py", title=text("Survey"), url_path="survey"),
    st.Page(FOLDER / "quick_entry.py", title=text("Quick entry"), url_path="quick_entry"),
    st.Page(FOLDER / "field_work.py", title=text("Field work"), url_path="field_work"),
    st.Page(FOLDER / "review.py", title=text("Review"), url_path="review"),
    st.Page(FOLDER / "design.py", title=text("Design"), url_path="design"),
    st.Page(FOLDER / "plan.py", title=text("Budget plan"), url_path="plan"),
    st.Page(FOLDER / "quality.py", title=text("Quality"), url_path="quality"),
    st.Page(FOLDER / "criteria.py", title=text("Criteria"), url_path="criteria"),
    st.Page(FOLDER / "exports.py", title=text("Exports"), url_path="exports"),
    st.Page(FOLDER / "start.py", title=text("Start"), url_path="start"),
]
page = st.navigation(pages, position="top")
st.set_page_config(page_title=f"{page.title} – Jaidee", page_icon="♿", layout="wide")
frame.masthead(place)
page.run()
