"""Fill HTML and XML templates that lie beside the module that uses them."""

from __future__ import annotations

import functools
from pathlib import Path

import jinja2
from jinja2 import ext


class _Compact(ext.Extension):
    """Join the lines of a template without the space around them, so that its indentation does not reach the file."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        return "".join(line.strip() for line in source.splitlines())


@functools.cache
def _environment(folder: Path, *extensions: type[ext.Extension]) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        # templates do not change in a process: a look at the disk for every table of a page would be for nothing
        auto_reload=False,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        # A misspelt name fails instead of leaving a gap on the page.
        undefined=jinja2.StrictUndefined,
        extensions=extensions,
    )
    # Thai stays readable in the page source, and phrases keep the order of their catalogue.
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": False}
    return environment


def render(template: Path, **values: object) -> str:
    """Return a template filled with values; every text among them is escaped.

    Parameters
    ----------
    template
        A Jinja file. Its lines are joined without the space around them: an element whose attributes go on in the next
        line needs the space written as ``{{ " " }}``.
    **values
        Names that the template uses.

    Raises
    ------
    jinja2.UndefinedError
        If the template uses a name that is not given.
    """
    return _environment(template.parent, _Compact).get_template(template.name).render(values)


def render_lines(template: Path, **values: object) -> str:
    """Return a filled template that keeps its lines, for pages in which space between elements shows.

    Raises
    ------
    jinja2.UndefinedError
        As :func:`render`.
    """
    return _environment(template.parent).get_template(template.name).render(values)
