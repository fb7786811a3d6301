"""Answer on the command line: one receipt on stdout, sentences and progress on stderr, a code at the end."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import rich.console
import rich.progress
import typer
from typer.core import TyperGroup

from audits import errors, wording
from layers import errors as layer_errors

PROBLEMS, USAGE, HELD = 1, 2, 3
EXISTS = "exists already; name another file, or say --replace"

EXIT_CODES = """Exit codes: 0 done; 1 problems found (verify failed, an import or a command refused as a whole);
2 wrong usage; 3 done, with some rows held and their reasons kept."""


@dataclass
class Reader:
    """How whoever asked wants to be answered."""

    words: wording.Wording = field(default_factory=lambda: wording.Wording("th"))
    as_json: bool = False


class Commands(TyperGroup):
    """Commands that end with one clear sentence, never a traceback, when something is refused."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command asked for."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except errors.RefusedError as refused:
            problems = refused.problems
            sentences = [reader(ctx).words.problem(problem) for problem in problems]
            record = [problem_record(problem, reader(ctx).words) for problem in problems]
        except (errors.JaideeError, layer_errors.LayerError) as error:
            sentences, record = [str(error)], [{"sentence": str(error)}]
        except OSError as error:
            sentences = [f"{error.filename or ''}: {error.strerror or error}".lstrip(": ")]
            record = [{"sentence": sentences[0]}]
        if reader(ctx).as_json:
            print(json.dumps({"ok": False, "problems": record}, ensure_ascii=False))
        for sentence in sentences:
            print(sentence, file=sys.stderr)
        raise typer.Exit(PROBLEMS)


def reader(context: typer.Context) -> Reader:
    """Return how the one who asked wants to be answered; the options fill it in."""
    return context.find_root().ensure_object(Reader)


def problem_record(problem: errors.Problem, words: wording.Wording) -> dict[str, str]:
    """Return a problem for JSON: its code, its place, and the sentence in the reader's language."""
    return {"code": problem.kind.code, "where": problem.where, "sentence": words.problem(problem)}


def give(context: typer.Context, record: Mapping[str, object], lines: Iterable[str], *, ok: bool = True) -> None:
    """Give the receipt: as one JSON object when asked for, else as lines; nothing else goes to stdout."""
    if reader(context).as_json:
        print(json.dumps({"ok": ok, **record}, ensure_ascii=False, allow_nan=False))
    else:
        for line in lines:
            print(line)


@contextlib.contextmanager
def progress(text: str) -> Iterator[Callable[[int, int], None]]:
    """Show a moving bar on stderr where someone is looking; yields what takes steps done and their total."""
    console = rich.console.Console(stderr=True)
    with rich.progress.Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(text, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
