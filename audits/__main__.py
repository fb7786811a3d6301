"""Answer ``python -m audits``: find the command that was asked for, and import only that one."""

from __future__ import annotations

import ast
import contextlib
import importlib
import io
import os
import sys
from typing import Any

import typer
import typer.core

from audits import wording
from audits.cli import answers
from layers import installation

# Where each command is, as ``module:name``; ``--help`` lists them in this order.
COMMANDS = {
    "demo": "audits.demo.command:demo",
    "start": "audits.demo.command:start",
    "score": "audits.reports.command:score",
    "judge": "audits.field.tables.command:judge",
    "import": "audits.field.command:import_table",
    "held": "audits.field.held_command:held",
    "pull": "audits.field.odk.pull_command:pull",
    "export": "audits.export.command:export",
    "book": "audits.book.command:book",
    "brief": "audits.council.command:brief",
    "site": "audits.council.command:site",
    "form": "audits.field.odk.form_command:form",
    "kit": "audits.field.kit.command:kit",
    "qfield": "audits.field.qfield.command:qfield",
    "design": "audits.ramps.command:design",
    "plan": "audits.plans.command:plan",
    "check-plan": "audits.plans.command:check_plan",
    "prices": "audits.ramps.price_command:prices_in",
    "works": "audits.works.command:works",
    "access": "audits.access.command:access",
    "same": "audits.cli.same:same",
    "nation": "audits.nation.command:nation",
    "priority": "audits.access.command:priority_report",
    "requests": "audits.requests.command:requests",
    "transition-plan": "audits.transition.command:transition_plan",
    "law": "audits.law.command:law",
    "verify": "audits.cli.record_keeping:verify",
    "serve": "audits.cli.serve:serve",
    "backup": "audits.cli.record_keeping:backup",
    "restore": "audits.cli.record_keeping:restore",
    "sweep": "audits.cli.record_keeping:sweep",
    "receipt": "audits.receipts.command:receipt",
    "verify-receipt": "audits.receipts.command:verify_receipt",
    "doctor": "audits.doctor.command:doctor",
    "sbom": "audits.doctor.command:sbom",
    "move": "audits.cli.record_keeping:move",
    "user": "audits.cli.accounts:user",
}
# Commands that have another name now; scripts that still call them get a sentence.
RENAMED = {"reach": "access"}
MOVED = wording.phrase("“{old}” is now called “{new}”; write: python -m audits {new}")


class Commands(answers.Commands):
    """The commands of the table, each imported when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the signature of the library
        """Names of all commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import one command; None where there is none of this name."""
        if cmd_name in RENAMED:
            values = {"old": cmd_name, "new": RENAMED[cmd_name]}
            # in both languages: the command's own --lang is not read yet
            ctx.fail("\n".join(wording.Wording(language).text(MOVED, **values) for language in wording.LANGUAGES))
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        target = getattr(importlib.import_module(module), attribute)
        if isinstance(target, typer.Typer):
            command = typer.main.get_group(target)
            command.name = cmd_name
            return command
        single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        single.command(cmd_name)(target)
        return typer.main.get_command(single)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the overview without importing any command."""
        self.get_command = _overview  # type: ignore[method-assign, assignment]
        super().format_help(ctx, formatter)


def _overview(_context: Any, name: str) -> typer.core.TyperCommand:
    return typer.core.TyperCommand(name, help=summary(name))


def summary(name: str) -> str:
    """Read the first paragraph of a command's docstring from its source: importing all takes four seconds."""
    module, _, attribute = COMMANDS[name].partition(":")
    source = installation.PACKAGES.joinpath(*module.split(".")).with_suffix(".py")
    tree = ast.parse(source.read_bytes())
    functions: list[ast.FunctionDef | ast.Module] = [
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == attribute
    ]
    # A group of commands is no function; its module says what it is for.
    return (ast.get_docstring([*functions, tree][0]) or "").split("\n\n")[0].replace("\n", " ")


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
    _keep_stdout_for_the_answer()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    application(prog_name="python -m audits")


def _keep_stdout_for_the_answer() -> None:
    """Send to stderr what libraries in C print: HiGHS has a line of its own now and then, and JSON is read here."""
    # where stdout is no file, as in a test, there is nothing to move
    with contextlib.suppress(AttributeError, OSError, ValueError):
        standard = sys.stdout.fileno()
        answer = os.dup(standard)
        os.dup2(sys.stderr.fileno(), standard)
        sys.stdout = os.fdopen(answer, "w", encoding="utf-8", buffering=1 if os.isatty(answer) else -1)


if __name__ == "__main__":
    main()
