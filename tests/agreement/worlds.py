"""The two records that every room is asked about, and one way to ask: by command, by page, by file."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from audits import __main__ as program
from audits import record as records
from audits import survey, wording
from audits.export import exporting
from audits.reports import about_lines, contents
from audits.rules import files, gazette
from audits.store import comparisons
from audits.store.db import connection, workspace
from audits.store.surveys import submit
from tests.app_pages import opening

MORNING = dt.datetime(2026, 3, 2, 3, 0, tzinfo=dt.UTC)
MADE_ON = dt.date(2026, 3, 5)

FAILING, BORDERLINE, PASSING = "KK-001", "KK-012", "KK-016"
NOT_AS_THE_GAZETTE, AS_THE_GAZETTE = "ramp.junction", "ramp.running_slope"
COMPARED = (NOT_AS_THE_GAZETTE, AS_THE_GAZETTE)
"""Criteria of the thin record's ramps whose limits somebody compared with the Royal Gazette."""
SLOPES_PCT = {FAILING: (12.0, 0.2), BORDERLINE: (8.3, 0.2), PASSING: (6.0, 0.2)}
"""Measured slope of each surveyed ramp of the thin record, and its uncertainty; the law asks for 8.33 % at most."""


@dataclass(frozen=True)
class World:
    """A record on disk; a demonstration stands in a folder of its own beside the municipality's."""

    root: Path
    demonstration: bool

    @property
    def folder(self) -> Path:
        """The folder of the record."""
        return workspace.Workspace(self.root).demonstration.folder if self.demonstration else self.root

    @functools.cached_property
    def record(self) -> records.AuditedRecord:
        """The record as every command reads it."""
        with connection.open_store(workspace.Workspace(self.folder)) as store:
            return records.read(store, files.load_criteria(), records.weights_of(store.workspace))

    @functools.cache  # noqa: B019 - a world lives as long as the tests
    def text(self, *command: str, language: str = "en") -> str:
        """Return what a command prints."""
        asked = [*command, "--workspace", str(self.folder), "--lang", language]
        # The pages find their record in the environment, and a command refuses when it is told of two.
        said = CliRunner().invoke(program.application, asked, env={workspace.ENVIRONMENT_KEY: ""})
        assert said.exit_code == 0, said.output
        return said.stdout

    def answer(self, *command: str) -> dict[str, Any]:
        """Return the JSON of a command."""
        answer: dict[str, Any] = json.loads(self.text(*command, "--json"))
        return answer

    def page(self, name: str, language: str, **address: str) -> AppTest:
        """Open a page of the application."""
        kind = "demonstration" if self.demonstration else "real"
        app = opening.opened(name, lang=language, workspace=kind, **address)
        assert not app.exception, app.exception
        return app

    @functools.cache  # noqa: B019 - a world lives as long as the tests
    def export(self, kind: str, language: str) -> bytes:
        """Return one exported file, with the sites and nothing else."""
        words = wording.Wording(language)
        return exporting.export(kind, self._contents(language).only(()), words)[1]

    @functools.cache  # noqa: B019 - a world lives as long as the tests
    def _contents(self, language: str) -> contents.Contents:
        # All but the lines about the file is the same in every language, and takes seconds.
        words = wording.Wording(language)
        if language != wording.LANGUAGES[0]:
            about = about_lines.lines(self.record, words, exported_on=MADE_ON, mark="")
            return dataclasses.replace(self._contents(wording.LANGUAGES[0]), about=about)
        return contents.contents(self.record, words, options=contents.Options(MADE_ON))

    def few(self) -> list[str]:
        """Return the code of one site of each verdict."""
        return sorted(self.record.audit.sites.reset_index().groupby("verdict")["code"].first())

    @functools.cache  # noqa: B019 - a world lives as long as the tests
    def contents_of_few(self, language: str) -> contents.Contents:
        """Return what book and offline map are written from, for a few sites."""
        options = contents.Options(MADE_ON)
        return contents.contents(self.record, wording.Wording(language), options=options, codes=self.few())


def html(app: AppTest) -> str:
    """Return everything that a page shows as HTML."""
    return "\n".join(str(each.proto.body) for each in app.get("html"))


def survey_thin(root: Path, complete_ramp: Any) -> None:
    """Survey three ramps of the starter register: all is right but the slope, which fails, may fail, or passes.

    At the one that passes :data:`NOT_AS_THE_GAZETTE` fails too, so that a room which still judges by it disagrees.
    """
    with connection.open_store(workspace.Workspace(root)) as store:
        criteria = files.load_criteria().criteria
        for limit in criteria[NOT_AS_THE_GAZETTE].limits:
            comparisons.record(store, limit, gazette.DIFFERS, "malee", value="no such clause", page="5", at=MORNING)
        for limit in criteria[AS_THE_GAZETTE].limits:
            comparisons.record(store, limit, gazette.SAME, "malee", page="4", at=MORNING)
        for code, (slope_pct, uncertainty) in SLOPES_PCT.items():
            element = f"{code}.ramp.1"
            measured = tuple(
                survey.Measurement(
                    element, quantity, value, uncertainty=uncertainty * (quantity == "running_slope_pct")
                )
                for _, quantity, value in complete_ramp(
                    element, running_slope_pct=slope_pct, junction_smooth=float(code != PASSING)
                )
            )
            visit = survey.Survey(
                survey_id=f"uuid:{code}",
                site_code=code,
                surveyor="สมชาย",
                observed_at=MORNING,
                source="web",
                form_version="v1",
                elements=(survey.Element(element, "ramp"),),
                measurements=measured,
            )
            assert submit.submit(store, visit, "somchai", MORNING).outcome == "accepted"
