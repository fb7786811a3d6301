"""Catalogue what can be wrong with the arguments of a command, and refuse them in the reader's language."""

from __future__ import annotations

from audits import errors

NOT_ACCEPTED = errors.ProblemKind("CLI-001", "“{value}” is not accepted; use one of: {accepted}.")
NO_SUCH_CODE = errors.ProblemKind("CLI-002", "Not in the register: {codes}. Look the code up on the map.")
NO_SITE = errors.ProblemKind("CLI-003", "No site of the register is chosen; name other codes, zones or kinds.")
EXISTS = errors.ProblemKind("CLI-004", "{files} exists already; name another file, or add --replace.")
NEVER_REPLACED = errors.ProblemKind("CLI-005", "{files} exists already and is never written over; name another file.")
WRONG_ENDING = errors.ProblemKind("CLI-006", "{file} does not end in {endings}; give it one of these endings.")
NO_AMOUNTS = errors.ProblemKind(
    "CLI-007", "“{value}” is no list of amounts; write baht separated by commas, such as 1000000,2000000."
)
TOO_LARGE = errors.ProblemKind("CLI-008", "{file} is larger than {most} MB; name the file that the plan wrote.")
NO_CRS = errors.ProblemKind("CLI-009", "“{value}” is no coordinate system; write its code, such as EPSG:32648.")
CENTRAL_NEEDS = errors.ProblemKind("CLI-010", "ODK Central needs PROJECT, which is a number, FORM and --user.")
KOBO_NEEDS = errors.ProblemKind("CLI-011", "KoboToolbox needs the id of the project and nothing else.")
HOME_OR_SITE = errors.ProblemKind("CLI-012", "A ramp at a home has no site; leave one of the two out.")
NO_ALTERNATIVE = errors.ProblemKind("CLI-013", "There is no alternative {number}; choose from 1 to {count}.")
NEEDED = errors.ProblemKind("CLI-022", "Needed where no survey of a ramp at a site gives it; write it in millimetres.")
NOT_SURVEYED = errors.ProblemKind("CLI-014", "No survey of a ramp at {site} gives it; write it in millimetres.")
NO_ADDRESS = errors.ProblemKind("CLI-015", "“{value}” is no address; begin with https:// or http://.")
NO_RESULTS = errors.ProblemKind("CLI-016", "Name the folder for the results.")
NO_FOLDER = errors.ProblemKind("CLI-017", "There is no folder {folder}; name the folder of the municipalities.")
TOO_FEW = errors.ProblemKind("CLI-018", "{elements} elements are too few: each municipality needs at least one.")
NO_LOSS = errors.ProblemKind("CLI-019", "Only these formats have a report of what is lost: {formats}.")
FILE_NOT_CHECKED = errors.ProblemKind("CLI-020", "A backup in a single file is not checked; name a folder.")
TWO_ELEMENTS = errors.ProblemKind("CLI-021", "Name two elements to decide about, or none to list them.")
NO_PARENT = errors.ProblemKind("CLI-023", "There is no folder {folder}; make it, or name the file elsewhere.")
ONE_FILE = errors.ProblemKind("CLI-024", "{file} is named twice; name another file for one of the two.")
ONE_DECISION = errors.ProblemKind(
    "CLI-025", "Name one record and either its site or why it is not needed any more; name nothing to list them."
)


class UsageRefusedError(errors.RefusedError):
    """Arguments that a command does not accept; the command line exits with the code for wrong usage."""


def refused(kind: errors.ProblemKind, argument: str, **values: object) -> UsageRefusedError:
    """Make the refusal of one argument.

    Parameters
    ----------
    kind
        One of this catalogue, or of another that says the same of a page.
    argument
        Name of the argument or option, as ``--help`` prints it.
    **values
        Values of the kind's sentence.
    """
    return UsageRefusedError((kind.at(argument, **values),))
