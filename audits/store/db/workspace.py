"""Locate everything that a municipality keeps in its workspace folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from audits import errors
from layers import installation

ENVIRONMENT_KEY = "JAIDEE_WORKSPACE"
STORE_KEY = "JAIDEE_STORE"
ADDRESS_KEY = "JAIDEE_ADDRESS"

# what a municipality keeps beside the record, and figures rest on: without its ground and its residents a restored
# record would give other plans
OWN_FILES = (
    *("weights.yaml", "profiles", "prices", "plans", "base.gpkg"),
    *("population.gpkg", "population.geojson", "population.csv"),
)

TWO_RECORDS = errors.ProblemKind(
    "STORE-807",
    "Two records are named: this option means {flagged}, and {key} in the environment means {ordered}. Leave one of "
    "the two out.",
)


@dataclass(frozen=True)
class Workspace:
    """One folder with everything that a municipality writes itself.

    Parameters
    ----------
    folder
        The folder; it need not exist yet.
    store_url
        Where the shared record is, such as ``postgresql+psycopg://user@host/database``; empty for the file in the
        folder. Photos, drafts and profiles are in the folder in either case. It may hold a password: never print it.
    """

    folder: Path
    store_url: str = field(default="", repr=False)

    @property
    def is_shared(self) -> bool:
        """Whether the record is in a database that several computers share."""
        return bool(self.store_url)

    @property
    def store_name(self) -> str:
        """Name of the record in messages: the path of the file, or the database without user and password.

        Raises
        ------
        audits.errors.WorkspaceError
            When the address of a shared record cannot be read.
        """
        if not self.is_shared:
            return str(self.store_path)
        url = parsed(self.store_url)
        port = f":{url.port}" if url.port else ""
        return f"postgresql://{url.host or 'localhost'}{port}/{url.database or ''}"

    @property
    def store_path(self) -> Path:
        """Path of the store, a GeoPackage."""
        return self.folder / "jaidee.gpkg"

    @property
    def photos_folder(self) -> Path:
        """Folder of the photos, named by their content."""
        return self.folder / "photos"

    def photo_path(self, sha256: str) -> Path:
        """Return the path of a photo."""
        # spread over 256 folders: one with all photos of a city would be slow to list
        return self.photos_folder / sha256[:2] / f"{sha256}.jpg"

    @property
    def refused_folder(self) -> Path:
        """Folder of files that could not be read, named by their content."""
        return self.folder / "refused"

    def refused_path(self, sha256: str) -> Path:
        """Return the path of a file that could not be read."""
        return self.refused_folder / f"{sha256}.bin"

    @property
    def drafts_path(self) -> Path:
        """Path of the drafts: surveys begun and not yet sent."""
        return self.folder / "drafts.sqlite"

    @property
    def profiles_folder(self) -> Path:
        """Folder of the profiles that explain foreign tables."""
        return self.folder / "profiles"

    @property
    def weights_path(self) -> Path:
        """Path of the municipality's own weights."""
        return self.folder / "weights.yaml"

    @property
    def nation_folder(self) -> Path:
        """Folder of the results of ``python -m audits nation``, where the pages look for a comparison."""
        return self.folder / "nation"

    @property
    def demonstration(self) -> Workspace:
        """Workspace inside this one that holds invented surveys only."""
        return Workspace(self.folder / "demonstration")


def parsed(store_url: str) -> sa.URL:
    """Return the address of a shared record as SQLAlchemy reads it.

    Raises
    ------
    audits.errors.WorkspaceError
        When it is not the address of a PostgreSQL database; the message leaves it out, since it may hold a password.
    """
    try:
        url = sa.make_url(store_url)
    except (sa.exc.ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in ("postgresql", "postgresql+psycopg") or not url.database:
        raise errors.WorkspaceError(
            "the address of the shared record cannot be read; write postgresql+psycopg://user:password@host/database"
        )
    # the driver that is installed, whichever way the address names the database
    return url.set(drivername="postgresql+psycopg")


def chosen(flag: str | None, environment: Mapping[str, str]) -> Workspace:
    """Return the workspace that the user asked for.

    Parameters
    ----------
    flag
        Folder given on the command line; it means the record in that folder's own file.
    environment
        Environment variables; :data:`ENVIRONMENT_KEY` names the folder, :data:`STORE_KEY` the shared record.

    Returns
    -------
    Workspace
        The folder of :func:`layers.installation.workspace` when neither is given.

    Raises
    ------
    audits.errors.WorkspaceError
        When both name a record, and not the same one: a backup of the wrong record looks like a good one.
    """
    named, store_url = environment.get(ENVIRONMENT_KEY, ""), environment.get(STORE_KEY, "").strip()
    ordered = Workspace(Path(named) if named else installation.workspace(), store_url)
    if not flag:
        return ordered
    flagged = Workspace(Path(flag))
    if store_url or (named and flagged.folder.resolve() != ordered.folder.resolve()):
        key = STORE_KEY if store_url else ENVIRONMENT_KEY
        raise errors.WorkspaceError(
            TWO_RECORDS.at("--workspace", flagged=flagged.store_name, key=key, ordered=ordered.store_name)
        )
    return flagged
