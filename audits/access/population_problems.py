"""State the faults of a file of residents in the reader's language."""

from __future__ import annotations

from audits import errors
from layers import population_file

KINDS = {
    population_file.FOREIGN: errors.ProblemKind(
        "POP-001", "Not a file of residents by its name. Give one of these: {accepted}."
    ),
    population_file.TOO_BIG: errors.ProblemKind(
        "POP-002", "Larger than {most} MB. Leave out columns and places outside the municipality."
    ),
    population_file.UNREADABLE: errors.ProblemKind(
        "POP-003", "Cannot be read as its name says. Save it again as GeoPackage, GeoJSON or CSV in UTF-8."
    ),
    population_file.EMPTY: errors.ProblemKind("POP-004", "The file has no rows."),
    population_file.NO_COLUMN: errors.ProblemKind(
        "POP-005", "There is no column {column} with the number of residents. The columns are: {columns}."
    ),
    population_file.TWICE: errors.ProblemKind("POP-012", "The column {column} stands twice. Keep one of them."),
    population_file.NO_PLACE: errors.ProblemKind(
        "POP-006", "A CSV file needs the columns lat and lon in degrees beside {column}. The columns are: {columns}."
    ),
    population_file.NO_SYSTEM: errors.ProblemKind(
        "POP-007", "The file does not say in which coordinate system its places are. Save it with one."
    ),
    population_file.BAD_COUNT: errors.ProblemKind("POP-008", "“{written}” is not a number of residents of 0 or more."),
    population_file.BAD_SHAPE: errors.ProblemKind(
        "POP-009", "{shape} is no place of residents. Points and areas are accepted."
    ),
    population_file.FAR: errors.ProblemKind(
        "POP-010", "The place lies outside the town's box {box}. Check the coordinates, or the box."
    ),
    population_file.MORE: errors.ProblemKind("POP-011", "{count} more rows have faults. Mend these first."),
}


def problems(name: str, refused: population_file.PopulationError) -> tuple[errors.Problem, ...]:
    """Return the faults of a file as problems, each at its row or at the file's `name`."""
    return tuple(
        KINDS[fault.code].at(f"row {fault.row}" if fault.row else name, **fault.values) for fault in refused.faults
    )
