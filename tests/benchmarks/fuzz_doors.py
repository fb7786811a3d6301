"""Spoil ten thousand files and requests, others each time: ``python -m tests.benchmarks.fuzz_doors [how many]``.

Each is brought in as a page, a command or a phone would bring it. An error that is not one of ours, an answer without a
sentence, or a promise that the store does not keep ends the run, with the smallest file that does it.
"""

from __future__ import annotations

import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings

from audits.field.kit import store as kit_store
from audits.rules import files
from tests.field.kit import kit_lines
from tests.fuzz import doors, fuzzing, intake, seeds
from tests.layers import osm_town

ROUND = 500
SHARES = {"tables": 0.2, "returns": 0.25, "photos": 0.1, "ground": 0.05, "collect": 0.15, "kit": 0.15, "requests": 0.1}


def one_round(folder: Path, examples: int) -> Counter[str]:
    """Fuzz one fresh store and return what became of everything."""
    book = files.load_criteria()
    with intake.opened(folder / "work") as store, doors.Doors(intake.Account(store, book)) as door:
        account, here = door.account, kit_store.workspace_id(store)
        town = {"city.osm.pbf": osm_town.write(folder / "town.osm.pbf").read_bytes()}
        told = seeds.records(here)
        records = {str(each["survey_id"]): kit_lines.text(each).encode() for each in told}
        pictures, many = seeds.photos(), {name: _settings(share, examples) for name, share in SHARES.items()}
        fuzzing.files(account, seeds.tables(), many["tables"])
        fuzzing.files(account, seeds.returns(here), many["returns"])
        fuzzing.photos(account, pictures, many["photos"])
        fuzzing.grounds(account, town, osm_town.box(), many["ground"])
        fuzzing.collect(door, {"submission.xml": seeds.submission(20)}, pictures, many["collect"])
        fuzzing.kits(door, records, pictures, many["kit"])
        fuzzing.requests(door, many["requests"])
        broken = account.broken()
        assert not broken, broken[:5]
        return account.outcomes


def _settings(share: float, examples: int) -> settings:
    phases = (Phase.generate, Phase.shrink)
    health = [*HealthCheck]
    return settings(
        max_examples=round(share * examples), database=None, deadline=None, suppress_health_check=health, phases=phases
    )


def main(examples: int) -> None:
    """Fuzz in rounds and print what became of everything."""
    # as in the tests: a warning of a library is a fault too
    warnings.simplefilter("error")
    warnings.simplefilter("ignore", ResourceWarning)
    outcomes: Counter[str] = Counter()
    begun, done = time.perf_counter(), 0
    while done < examples:
        with tempfile.TemporaryDirectory() as folder:
            outcomes += one_round(Path(folder), min(ROUND, examples - done))
        done += min(ROUND, examples - done)
        print(f"{done} spoiled, {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    for name, count in sorted(outcomes.items()):
        print(f"{count:>8} {name}")
    print(
        f"{examples} spoiled files and requests in {time.perf_counter() - begun:.0f} s: no error escaped, nothing lost"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
