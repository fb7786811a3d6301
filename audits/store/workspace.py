"""Name the folder in which a municipality keeps its work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ENVIRONMENT_KEY = "JAIDEE_WORKSPACE"
ADDRESS_KEY = "JAIDEE_ADDRESS"


@dataclass(frozen=True)
class Workspace:
    """One folder with everything that a municipality writes itself.

    Parameters
    ----------
    folder
        The folder; it need not exist yet.
    """

    folder: Path

    @property
    def store_path(self) -> Path:
        """Return the path of the store, a GeoPackage."""
        return self.folder / "jaidee.gpkg"

    @property
    def photos_folder(self) -> Path:
        """Return the folder of the photos, named by their content."""
        return self.folder / "photos"

    @property
    def refused_folder(self) -> Path:
        """Return the folder of files that could not be read, named by their content."""
        return self.folder / "refused"

    @property
    def drafts_path(self) -> Path:
        """Return the path of the drafts: surveys begun and not yet sent."""
        return self.folder / "drafts.sqlite"

    @property
    def profiles_folder(self) -> Path:
        """Return the folder of the profiles that explain foreign tables."""
        return self.folder / "profiles"

    @property
    def weights_path(self) -> Path:
        """Return the path of the municipality's own weights."""
        return self.folder / "weights.yaml"

    @property
    def demonstration(self) -> Workspace:
        """Return the workspace beside this one that holds invented surveys only."""
        return Workspace(self.folder / "demonstration")


def chosen(flag: str | None, environment: Mapping[str, str]) -> Workspace:
    """Return the workspace that the user asked for.

    Parameters
    ----------
    flag
        Folder given on the command line; wins when not empty.
    environment
        Environment variables; :data:`ENVIRONMENT_KEY` comes next.

    Returns
    -------
    Workspace
        The folder ``workspace`` beside the program when neither is given.
    """
    named = flag or environment.get(ENVIRONMENT_KEY)
    return Workspace(Path(named) if named else Path(__file__).parents[2] / "workspace")
