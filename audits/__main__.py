"""Answer ``python -m audits``: find the command that was asked for, and load only that one."""

from __future__ import annotations

import importlib
import io
import sys
from dataclasses import dataclass
from typing import Any

import typer
import typer.core

from audits.cli import answers


@dataclass(frozen=True)
class Entry:
    """A command of the table: where it is, as ``module:name``, and its line in the overview."""

    target: str
    summary: str


# The overview is written here so that ``--help`` loads no command; a test holds each line to the command's own help.
COMMANDS = {
    "demo": Entry(
        "audits.cli.record_keeping:demo",
        "Build the demonstration beside the record: invented surveys in a workspace of their own.",
    ),
    "start": Entry(
        "audits.cli.record_keeping:start",
        "Begin a record with the starter register: 85 ramp sites and the candidate spaces, no surveys.",
    ),
    "score": Entry(
        "audits.field.tables.judging:score",
        "Score every site: verdict, interval, grade and how much of it was measured.",
    ),
    "judge": Entry(
        "audits.field.tables.judging:judge",
        "Judge the table of any city by these criteria, and write nothing; exit code 3 when rows were held.",
    ),
    "import": Entry(
        "audits.field.tables.command:import_table",
        "Bring in sites and surveys from tables, and every file that returns from the field; exit code 3 when held.",
    ),
    "pull": Entry(
        "audits.field.odk.pull_command:pull",
        "Fetch submissions and take them in; doing it again changes nothing.",
    ),
    "export": Entry(
        "audits.export.command:export",
        "Write the judged record as one file for others, with what it rests on in it.",
    ),
    "book": Entry(
        "audits.book.command:book",
        "Print the map book: how to measure, day routes, and a page for each site with what to measure first.",
    ),
    "brief": Entry(
        "audits.council.command:brief",
        "Print the council's brief, one page of A4; in both languages it is two files.",
    ),
    "site": Entry(
        "audits.council.command:site",
        "Write public pages that need no server: no script, no photo, no note, no name of a surveyor.",
    ),
    "form": Entry(
        "audits.field.odk.form_command:form",
        "Write the survey form with every question of the criteria, and the list of sites beside it.",
    ),
    "kit": Entry(
        "audits.field.kit.command:kit",
        "Write the offline kit: one page that surveys without a network, in Thai and English.",
    ),
    "qfield": Entry(
        "audits.field.qfield.command:qfield",
        "Pack a QField project: the sites to look up and an empty form for what is measured there.",
    ),
    "design": Entry(
        "audits.ramps.command:design",
        "Say which ramps fit a space at a site, or why none does, and write one of them as drawing and workbook.",
    ),
    "plan": Entry(
        "audits.plans.command:plan",
        "Choose the fixes that open most step-free ways under a budget, with a proof.",
    ),
    "check-plan": Entry(
        "audits.plans.command:check_plan",
        "Check the certificate of a plan against its town, with nothing but arithmetic.",
    ),
    "prices": Entry(
        "audits.ramps.price_command:prices_in",
        "Let the municipality's own prices stand, or say whose prices stand and write the table to fill in.",
    ),
    "works": Entry(
        "audits.works.command:works_list",
        "List every fix with its state, its days and its likely cost, and the surveys that are overdue.",
    ),
    "reach": Entry(
        "audits.access.command:reach_report",
        "Say who comes to the sites step-free beside on foot: worst, likely and best, by zone and site.",
    ),
    "priority": Entry(
        "audits.access.command:priority_report",
        "Order the sites by condition and place under the municipality's weights, with the ranks each may have.",
    ),
    "verify": Entry(
        "audits.cli.record_keeping:verify",
        "Check that nothing in the record was altered; exit code 1 when something was.",
    ),
    "serve": Entry(
        "audits.cli.serve:serve",
        "Serve the program to others; needs an active administrator, whom `user add` makes.",
    ),
    "backup": Entry(
        "audits.cli.record_keeping:backup",
        "Back up the whole workspace while others go on working; exit code 1 when the check of it found problems.",
    ),
    "restore": Entry(
        "audits.cli.record_keeping:restore",
        "Restore a backup into a new folder; every file and the whole audit log are checked before it appears.",
    ),
    "sweep": Entry(
        "audits.cli.record_keeping:sweep",
        "Remove what was kept longer than the municipality set, and files that nobody knows of.",
    ),
    "receipt": Entry(
        "audits.receipts.command:receipt",
        "Write a score with everything it rests on as one file that proves itself.",
    ),
    "verify-receipt": Entry(
        "audits.receipts.command:verify_receipt",
        "Judge the evidence in a receipt again and compare figure by figure; exit code 1 when anything differs.",
    ),
    "move": Entry(
        "audits.cli.migrate:move",
        "Move the whole record into a shared database, or back into a folder; the chain stays the same.",
    ),
    "user": Entry(
        "audits.cli.accounts:user",
        "Keep the accounts of those who sign in.",
    ),
}


class Commands(answers.Commands):
    """The commands of the table, each imported when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the signature of the library
        """Return the names of all commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - the signature of the library
        """Load one command; None where there is none of this name."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, _, attribute = entry.target.partition(":")
        target = getattr(importlib.import_module(module), attribute)
        if isinstance(target, typer.Typer):
            command = typer.main.get_group(target)
            command.name = cmd_name
            return command
        single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        single.command(cmd_name)(target)
        return typer.main.get_command(single)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the overview from the table, without loading any command."""
        self.get_command = _overview  # type: ignore[method-assign, assignment]
        super().format_help(ctx, formatter)


def _overview(_context: Any, name: str) -> typer.core.TyperCommand:
    return typer.core.TyperCommand(name, help=COMMANDS[name].summary)


application = typer.Typer(
    cls=Commands,
    help="Keep, judge and exchange a city's record of universal design.",
    epilog=answers.EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@application.callback()
def _root() -> None:
    """Make this a group, although its commands are only known by name."""


def main() -> None:
    """Run the command line, in UTF-8 whatever the terminal's locale."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    application(prog_name="python -m audits")


if __name__ == "__main__":
    main()
