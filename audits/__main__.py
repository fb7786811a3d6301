"""Answer ``python -m audits``."""

from __future__ import annotations

import io
import sys

import typer

from audits.command_line import (
    accounts_out,
    answers,
    council_out,
    design_out,
    forms_out,
    judging,
    keeping,
    kit_out,
    moving_out,
    paper_out,
    plan_out,
    prices_out,
    pull_in,
    qfield_out,
    reach_out,
    receipts_out,
    serving,
    tables_in,
    tables_out,
    works_out,
)

application = typer.Typer(
    cls=answers.Commands,
    help="Keep, judge and exchange a city's record of universal design.",
    epilog=answers.EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
application.command("demo")(keeping.demo)
application.command("start")(keeping.start)
application.command("score")(judging.score)
application.command("judge")(judging.judge)
application.command("import")(tables_in.import_table)
application.command("pull")(pull_in.pull)
application.command("export")(tables_out.export)
application.command("book")(paper_out.book)
application.command("brief")(council_out.brief)
application.command("site")(council_out.site)
application.command("form")(forms_out.form)
application.command("kit")(kit_out.kit)
application.command("qfield")(qfield_out.qfield)
application.command("design")(design_out.design)
application.command("plan")(plan_out.plan)
application.command("check-plan")(plan_out.check_plan)
application.command("prices")(prices_out.prices_in)
application.command("works")(works_out.works_list)
application.command("reach")(reach_out.reach_report)
application.command("priority")(reach_out.priority_report)
application.command("verify")(keeping.verify)
application.command("serve")(serving.serve)
application.add_typer(accounts_out.user, name="user")
application.command("backup")(keeping.backup)
application.command("restore")(keeping.restore)
application.command("sweep")(keeping.sweep)
application.command("receipt")(receipts_out.receipt)
application.command("verify-receipt")(receipts_out.verify_receipt)
application.command("move")(moving_out.move)


def main() -> None:
    """Run the command line, in UTF-8 whatever the terminal's locale."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    application(prog_name="python -m audits")


if __name__ == "__main__":
    main()
