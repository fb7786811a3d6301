"""Copy the pinned browser libraries and fonts from their installed packages to the served folder."""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import os
import tempfile
from importlib import resources
from pathlib import Path

from fontTools import subset, ttLib

from layers import errors, installation

STATIC = installation.STATIC

_CHARACTERS = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *range(0x0E00, 0x0E80),
    *range(0x2010, 0x2027),
    *(0x2032, 0x2033, 0x20AC, 0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x2260, 0x2264, 0x2265, 0x25CC),
)

_LEAFLET = "js_lib_leaflet:static/js_lib_leaflet"
_IMAGES = ("layers.png", "layers-2x.png", "marker-icon.png", "marker-icon-2x.png", "marker-shadow.png")

# What lies under vendor/, and the package and path that each file comes from.
_PACKAGED = {
    "leaflet/leaflet.js": f"{_LEAFLET}/leaflet.js",
    "leaflet/leaflet.css": f"{_LEAFLET}/leaflet.css",
    **{f"leaflet/images/{name}": f"{_LEAFLET}/images/{name}" for name in _IMAGES},
    "fonts/LICENSE.txt": "fontpkg_sarabun:LICENSE",
}
_FONTS = {
    "fonts/Sarabun-Regular.woff2": "fontpkg_sarabun:files/Sarabun-Regular.ttf",
    "fonts/Sarabun-Bold.woff2": "fontpkg_sarabun:files/Sarabun-Bold.ttf",
}


def prepare(static_folder: Path = STATIC) -> None:
    """Copy every library, font and licence to ``vendor/`` of a folder; files already right are left alone.

    Parameters
    ----------
    static_folder
        The folder that is served.

    Raises
    ------
    errors.LayerError
        If a pinned package is not installed, lacks a file, or the folder cannot be written.
    """
    vendor = static_folder / "vendor"
    for name, origin in _PACKAGED.items():
        _lay(vendor / name, _packaged(origin))
    _lay(vendor / "leaflet/LICENSE.txt", _leaflet_licence())
    for name, origin in _FONTS.items():
        _lay_font(vendor / name, origin)


def path_of(name: str, static_folder: Path = STATIC) -> Path:
    """Path of one prepared file.

    Parameters
    ----------
    name
        Path under ``vendor/``, such as ``leaflet/leaflet.js``.
    static_folder
        The folder that :func:`prepare` filled.

    Raises
    ------
    errors.LayerError
        If the file has not been prepared.
    """
    path = static_folder / "vendor" / name
    if not path.is_file():
        raise errors.LayerError(f"{name}: not found under {static_folder / 'vendor'}; prepare the folder first")
    return path


def _packaged(origin: str) -> bytes:
    package, _, path = origin.partition(":")
    try:
        return resources.files(package).joinpath(path).read_bytes()
    except (ModuleNotFoundError, FileNotFoundError) as fault:
        raise errors.LayerError(f"{origin}: not installed; install requirements.txt") from fault


def _leaflet_licence() -> bytes:
    distribution = importlib.metadata.distribution("django-js-lib-leaflet")
    text = distribution.read_text("LICENSE")
    if text is None:
        raise errors.LayerError("django-js-lib-leaflet: its LICENSE is missing; install requirements.txt")
    return text.encode()


def _lay(path: Path, content: bytes) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Two servers may start at once: each writes its own file, and the last rename wins with the same content.
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as fault:
        raise errors.LayerError(f"{path}: cannot be written: {fault}") from fault


def _lay_font(path: Path, origin: str) -> None:
    whole = _packaged(origin)
    stamp = path.with_suffix(".sha256")
    # Cutting a font takes a second, so the stamp says from what it was cut and what came out.
    if path.is_file() and stamp.is_file() and stamp.read_bytes() == _stamp(whole, path.read_bytes()):
        return
    cut = _cut(whole)
    _lay(path, cut)
    _lay(stamp, _stamp(whole, cut))


def _stamp(whole: bytes, cut: bytes) -> bytes:
    return hashlib.sha256(whole + repr(_CHARACTERS).encode() + cut).hexdigest().encode()


def _cut(whole: bytes) -> bytes:
    font = ttLib.TTFont(io.BytesIO(whole), recalcTimestamp=False)
    options = subset.Options(layout_features=["*"], flavor="woff2")
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=_CHARACTERS)
    cutter.subset(font)
    font.flavor = "woff2"
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()
