"""Measure the map book: time of one processor, bytes and pages, of the 85 ramp sites of the demonstration.

Run by hand: ``python tests/benchmarks/bench_book.py [--lang th] [--paper A4] [--out FILE.pdf]``. One book a run: the
typesetter remembers what it has laid out, so that a second book of one process is cheaper than anyone's first.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import tempfile
import time
from pathlib import Path

from audits.cli import arguments as arguments_room

sys.path.insert(0, str(Path(__file__).parents[2]))

from typer.testing import CliRunner

from audits import __main__ as program
from audits import wording
from audits.book import book
from audits.formats import typesetting
from audits.reports import contents
from audits.scoring import selection

MOST_SECONDS, MOST_MEGABYTES = 6.0, 4.0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--lang", default="th")
    arguments.add_argument("--paper", default="A4")
    arguments.add_argument("--out", type=Path)
    asked = arguments.parse_args()
    words = wording.Wording(asked.lang)
    with tempfile.TemporaryDirectory() as folder:
        CliRunner().invoke(program.application, ["demo", "--workspace", folder])
        record = arguments_room.Request(folder=Path(folder)).read_record()
    codes = selection.select(record.sites, record.audit.sites, selection.Selection(kinds=("ramp",)))
    made = contents.contents(record, words, options=contents.Options(dt.date(2026, 3, 5)), codes=codes)
    begun = time.process_time()
    written = book.book(made, words, paper=asked.paper)
    seconds = time.process_time() - begun
    megabytes, pages = len(written) / 1e6, typesetting.pages(written)
    print(f"{len(codes)} sites, {pages} pages, {megabytes:.2f} MB (at most {MOST_MEGABYTES:g})")
    print(f"{seconds:.2f} s of one processor (at most {MOST_SECONDS:g})")
    if asked.out:
        asked.out.write_bytes(written)


if __name__ == "__main__":
    main()
