"""Locate the data, scripts and styles that come with the program, in a checkout and in an installed package."""

from __future__ import annotations

from pathlib import Path

# the folder that audits, layers and app_pages are imported from
PACKAGES = Path(__file__).parents[1]

# the wheel puts everything that is not a package into one folder of its own, so as not to litter site-packages
_INSTALLED = PACKAGES / "jaidee"

ROOT = _INSTALLED if _INSTALLED.is_dir() else PACKAGES
DATA = ROOT / "data"
STATIC = ROOT / "static"


def workspace() -> Path:
    """Return the workspace of those who name none: beside a checkout, or in the current folder when installed."""
    return (Path.cwd() if ROOT == _INSTALLED else ROOT) / "workspace"
