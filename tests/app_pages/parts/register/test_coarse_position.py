"""A position that is known to kilometres only, as a desk's browser gives it, opens the forms all the same."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def _forms() -> None:
    import types

    import pandas as pd

    from app_pages.parts.register import register_forms
    from app_pages.parts.site import position_report
    from audits import wording

    context = types.SimpleNamespace(words=wording.Wording("en"), area=None)
    fix = {"latitude": 16.43, "longitude": 102.83, "accuracy_m": 12_000.0, "taken_at": ""}
    site = pd.Series({"geometry": None})
    position_report._position_inputs(context, "KK-001", types.SimpleNamespace(**site), fix)
    register_forms.site_fields(context, ["street"], {**register_forms.EMPTY_SITE, "position_accuracy_m": 9_000.0}, "k")


def test_a_coarse_position_opens_the_report_and_the_register() -> None:
    app = AppTest.from_function(_forms).run(timeout=60)
    assert not app.exception
    assert {12_000.0, 9_000.0} <= {one.value for one in app.number_input}
