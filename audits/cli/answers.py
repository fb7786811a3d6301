"""Answer on the command line: the receipt on stdout, messages and progress on stderr, an exit code."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import typer
from typer.core import TyperGroup

from audits import errors, terms, wording
from audits.cli import usage_problems
from layers import errors as layer_errors

PROBLEMS, USAGE, HELD = 1, 2, 3

EXIT_CODES = """Exit codes: 0 done; 1 problems found (verify failed, an import or a command refused as a whole);
2 wrong usage; 3 done, with some rows held and their reasons kept."""


@dataclass
class Reader:
    """Language and form of the answer."""

    words: wording.Wording = field(default_factory=lambda: wording.Wording("th"))
    as_json: bool = False

    def print_receipt(self, receipt: Mapping[str, object], lines: Iterable[str], *, ok: bool = True) -> None:
        """Print the receipt on stdout: one JSON object when asked for, else lines, marked when of a demonstration.

        Raises
        ------
        typer.Exit
            With the code for problems when not `ok`.
        """
        if self.as_json:
            print(json.dumps({"ok": ok, **receipt}, ensure_ascii=False, allow_nan=False))
        else:
            mark = [self.words.text(terms.DEMONSTRATION)] if receipt.get("demonstration") else []
            for line in (*mark, *lines):
                print(line)
        if not ok:
            raise typer.Exit(PROBLEMS)

    def problems(self, found: Iterable[errors.Problem]) -> list[dict[str, str]]:
        """Problems for JSON: code, place, and the sentence in the reader's language."""
        return [
            {"code": problem.kind.code, "where": problem.where, "sentence": self.words.problem(problem)}
            for problem in found
        ]

    def print_problems(self, found: Iterable[errors.Problem]) -> None:
        """Print the sentence of each problem on stderr."""
        for problem in found:
            print(self.words.problem(problem), file=sys.stderr)


class Commands(TyperGroup):
    """Commands that end a refusal with a sentence instead of a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a refusal exits with the code for problems, that of an argument with the one for usage."""
        code = PROBLEMS
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # whoever reads the answer, such as head, has closed the pipe: nothing can be printed to it any more
            raise
        except errors.RefusedError as refused:
            reader = ctx.find_root().ensure_object(Reader)
            sentences = [reader.words.problem(problem) for problem in refused.problems]
            record = reader.problems(refused.problems)
            code = USAGE if isinstance(refused, usage_problems.UsageRefusedError) else PROBLEMS
        except (errors.JaideeError, layer_errors.LayerError) as error:
            reader, known = ctx.find_root().ensure_object(Reader), getattr(error, "problem", None)
            sentences = [reader.words.error(error)]
            record = reader.problems([known]) if known is not None else [{"sentence": sentences[0]}]
        except OSError as error:
            sentences = [f"{error.filename or ''}: {error.strerror or error}".lstrip(": ")]
            record = [{"sentence": sentences[0]}]
        # an argument may be refused before there is a reader
        if ctx.find_root().ensure_object(Reader).as_json:
            print(json.dumps({"ok": False, "problems": record}, ensure_ascii=False))
        for sentence in sentences:
            print(sentence, file=sys.stderr)
        raise typer.Exit(code)


@contextlib.contextmanager
def progress(text: str) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on a terminal's stderr; yields a function of the steps done and their total."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    # rich.progress takes a tenth of a second to import
    import rich.console
    import rich.progress

    with rich.progress.Progress(console=rich.console.Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
