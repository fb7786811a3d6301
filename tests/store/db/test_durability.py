"""A writer that is killed at any moment loses nothing that was acknowledged."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from audits.store.db import connection
from audits.store.integrity import verify
from audits.store.surveys import read

pytestmark = pytest.mark.usefixtures("the_file")

ROOT = Path(__file__).parents[3]
WRITERS = 3
KILLS = 14

WRITER = """
import datetime as dt, os, sys
from pathlib import Path
from audits import survey
from audits.store.db import connection, workspace
from audits.store.surveys import submit

store = connection.open_store(workspace.Workspace(Path(sys.argv[1])), create=False)
acknowledged = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
while True:
    name = survey.new_survey_id()
    sent = survey.Survey(
        name, "KK-001", "somchai", dt.datetime(2026, 3, 2, tzinfo=dt.UTC), "web", "v1",
        elements=(survey.Element("KK-001.ramp.1", "ramp"),),
        measurements=tuple(
            survey.Measurement("KK-001.ramp.1", "running_slope_pct", 8.0, reading=number) for number in range(1, 13)
        ),
    )
    receipt = submit.submit(store, sent, "somchai")
    os.write(acknowledged, f"{receipt.survey_id} {receipt.outcome}\\n".encode())
"""


def start_writer(folder: Path, acknowledged: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WRITER, str(folder), str(acknowledged)], cwd=ROOT)


def test_writers_killed_at_any_moment_lose_nothing_acknowledged(store: connection.Store, tmp_path: Path) -> None:
    acknowledged, chance = tmp_path / "acknowledged.txt", random.Random(7)
    writers = [start_writer(store.workspace.folder, acknowledged) for _ in range(WRITERS)]
    kills = 0
    try:
        while kills < KILLS:
            seen = acknowledged.stat().st_size if acknowledged.exists() else 0
            while not acknowledged.exists() or acknowledged.stat().st_size == seen:
                time.sleep(0.01)
            time.sleep(chance.uniform(0.0, 0.15))
            victim = chance.randrange(WRITERS)
            writers[victim].kill()
            writers[victim].wait()
            writers[victim] = start_writer(store.workspace.folder, acknowledged)
            kills += 1
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    answers = [line.split() for line in acknowledged.read_text().splitlines()]
    assert len(answers) > KILLS
    assert {outcome for _, outcome in answers} == {"accepted"}
    kept = read.surveys(store)
    assert {name for name, _ in answers} <= set(kept["survey_id"])
    assert set(read.measurements(store).groupby("survey_id").size()) == {12}
    assert read.measurements(store)["survey_id"].nunique() == len(kept)
    assert verify.verify(store).problems == ()
