"""Hand a plan out: for QGIS, for Excel, on paper, and as a certificate that anybody can check."""

from __future__ import annotations

import streamlit as st

from app_pages import session
from audits.plans import plan_contents, plan_files

CERTIFICATES = ("plan_certificate.json", "plan_model.json")


def offer(context: session.Context, subject: plan_contents.Subject) -> None:
    """Make a file of the plan when asked to, and offer it; the certificate and its planning model stand ready."""
    text, words = context.words.text, context.words
    names = plan_files.FORMATS
    form = st.radio(text("Format"), list(names), format_func=lambda name: text(names[name].title), key="plan_format")
    staged = None if subject.by_years is None else tuple(stage.built for stage in subject.by_years.stages)
    # with the years, which are planned later and leave the certificate as it is
    wanted = (form, words.language, subject.worked.certificate, subject.record.head, staged)
    if st.button(text("Make the file"), key="plan_make"):
        with st.spinner(text("Making the file …")):
            st.session_state["plan_made"] = wanted, plan_files.made(form, subject, words)
    # offered only while the page still shows the plan that the file was made of
    made_for, file = st.session_state.get("plan_made", (None, None))
    if made_for == wanted and file is not None:
        name, content = file
        st.download_button(
            text("Download {name}", name=name), content, name, names[form].media_type, key="plan_get", type="primary"
        )
    st.write(text("Anybody can check the certificate with both files; the checker needs no solver."))
    for name, content in zip(CERTIFICATES, (subject.worked.certificate, subject.worked.model), strict=True):
        st.download_button(text("Download {name}", name=name), content, name, "application/json", key=f"get_{name}")
