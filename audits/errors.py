"""Define problems, which a person can correct, and errors, at which a program stops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class JaideeError(Exception):
    """Anything this package refuses; the message names the file or id, what was given and what is accepted.

    Parameters
    ----------
    message
        The message, or a problem of the catalogue, whose sentence can be put in the reader's language
        (:meth:`audits.wording.Wording.error`).
    """

    def __init__(self, message: str | Problem = "") -> None:
        self.problem = None if isinstance(message, str) else message
        super().__init__(message if isinstance(message, str) else message.sentence())

    def at(self, where: str) -> JaideeError:
        """Return the same error, found at one place."""
        if self.problem is None:
            return type(self)(f"{where}: {self}")
        return type(self)(Problem(self.problem.kind, where, self.problem.values))


class CriteriaError(JaideeError):
    """A rule file that cannot be trusted: names the file, the id and the key."""


class FrameError(JaideeError, ValueError):
    """A table that cannot be scored.

    Parameters
    ----------
    faults
        Each names the column, the row and what is accepted; never empty.
    """

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


class WorkspaceError(JaideeError):
    """A workspace folder that is missing, of another kind, or damaged."""


class StoreError(JaideeError):
    """A store that refuses to open or to write."""


class NoAnswerError(StoreError):
    """A store that does not answer just now: its server is away, or its file is locked."""


class MovedError(StoreError):
    """A record that lives elsewhere now; the message says where, without user and password."""


class NotAllowedError(JaideeError):
    """An action or a view that is not for this role.

    Parameters
    ----------
    role, action
        Who asked, and for what.
    """

    def __init__(self, role: str, action: str) -> None:
        self.role, self.action = role, action
        super().__init__(f"{action}: not for the role {role}; ask an administrator")


class RefusedError(JaideeError):
    """Input refused as a whole, with every problem found.

    Parameters
    ----------
    problems
        Problems, each with its place; never empty.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(problem.sentence() for problem in problems))


@dataclass(frozen=True)
class ProblemKind:
    """One entry of the catalogue of problems.

    Parameters
    ----------
    code
        Stable identifier, such as ``FIELD-003``.
    template
        English sentence saying what is wrong and what to do; translated by the reader's catalogue.
    """

    code: str
    template: str

    def at(self, where: str, **values: object) -> Problem:
        """Make this problem, found at one place.

        Parameters
        ----------
        where
            The place as its author knows it, such as ``row 3, running_slope_pct``.
        **values
            Values of the template.
        """
        return Problem(self, where, values)


@dataclass(frozen=True)
class Problem:
    """An input that cannot be accepted as it stands."""

    kind: ProblemKind
    where: str
    values: Mapping[str, object] = field(default_factory=dict)

    def sentence(self) -> str:
        """English sentence, for logs and exception texts."""
        sentence = self.kind.template.format(**self.values)
        return f"{self.where}: {sentence}" if self.where else sentence
