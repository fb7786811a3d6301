"""Answer ``python -m audits``."""

from __future__ import annotations

import io
import sys

import typer

from audits.access import command as reach_out
from audits.book import command as paper_out
from audits.cli import accounts, answers, migrate, record_keeping, serve
from audits.council import command as council_out
from audits.export import command as tables_out
from audits.field.kit import command as kit_out
from audits.field.odk import form_command, pull_command
from audits.field.qfield import command as qfield_out
from audits.field.tables import command as tables_in
from audits.field.tables import judging
from audits.plans import command as plan_out
from audits.ramps import command as design_out
from audits.ramps import price_command
from audits.receipts import command as receipts_out
from audits.works import command

application = typer.Typer(
    cls=answers.Commands,
    help="Keep, judge and exchange a city's record of universal design.",
    epilog=answers.EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
application.command("demo")(record_keeping.demo)
application.command("start")(record_keeping.start)
application.command("score")(judging.score)
application.command("judge")(judging.judge)
application.command("import")(tables_in.import_table)
application.command("pull")(pull_command.pull)
application.command("export")(tables_out.export)
application.command("book")(paper_out.book)
application.command("brief")(council_out.brief)
application.command("site")(council_out.site)
application.command("form")(form_command.form)
application.command("kit")(kit_out.kit)
application.command("qfield")(qfield_out.qfield)
application.command("design")(design_out.design)
application.command("plan")(plan_out.plan)
application.command("check-plan")(plan_out.check_plan)
application.command("prices")(price_command.prices_in)
application.command("works")(command.works_list)
application.command("reach")(reach_out.reach_report)
application.command("priority")(reach_out.priority_report)
application.command("verify")(record_keeping.verify)
application.command("serve")(serve.serve)
application.add_typer(accounts.user, name="user")
application.command("backup")(record_keeping.backup)
application.command("restore")(record_keeping.restore)
application.command("sweep")(record_keeping.sweep)
application.command("receipt")(receipts_out.receipt)
application.command("verify-receipt")(receipts_out.verify_receipt)
application.command("move")(migrate.move)


def main() -> None:
    """Run the command line, in UTF-8 whatever the terminal's locale."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    application(prog_name="python -m audits")


if __name__ == "__main__":
    main()
