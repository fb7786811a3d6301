"""Write the steps of a fix, and the findings before and after it."""

import datetime as dt

import pandas as pd

DAY = dt.date(2026, 3, 2)
LATER = dt.date(2026, 4, 2)
TODAY = dt.date(2026, 8, 1)
RAMP = "KK-001.ramp.1"


def steps(*told: tuple[str, dt.date], fix_id: str = RAMP, **references: str) -> pd.DataFrame:
    rows = [
        {"fix_id": fix_id, "site_code": fix_id[:6], "element_id": fix_id, "step": step, "happened_on": day}
        | {"plan_id": "", "design_id": "", "survey_id": ""}
        | references
        for step, day in told
    ]
    return pd.DataFrame(rows)


def findings(**verdicts: str) -> pd.DataFrame:
    severity = {"slope": 4, "width": 3, "rail": 2, "sign": 1}
    rows = [
        {"element_id": RAMP, "site_code": "KK-001", "criterion": name, "verdict": said, "severity": severity[name]}
        for name, said in verdicts.items()
    ]
    return pd.DataFrame(rows)
