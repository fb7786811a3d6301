"""Render the HTML and XML templates of this package."""

from __future__ import annotations

from pathlib import Path

import jinja2

_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    # a misspelt name fails instead of leaving a gap on the page
    undefined=jinja2.StrictUndefined,
)
# Thai stays readable in the page source, and phrases keep the order of their catalogue
_ENVIRONMENT.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": False}


def render(template: str, **values: object) -> str:
    """Render a file below ``templates/``; every value is escaped.

    Raises
    ------
    jinja2.UndefinedError
        When the template uses a name that is not among the values.
    """
    return _ENVIRONMENT.get_template(template).render(values)
