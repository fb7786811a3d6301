"""Say how the program is served: to one person at this computer, or shared with accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SHARED_KEY = "JAIDEE_SHARED"
BEHIND_PROXY_KEY = "JAIDEE_BEHIND_PROXY"
ALLOWED_HOSTS_KEY = "JAIDEE_ALLOWED_HOSTS"
METRICS_TOKEN_KEY = "JAIDEE_METRICS_TOKEN"  # noqa: S105 - the name of a variable
YES = "1"


@dataclass(frozen=True)
class Terms:
    """Who may come in, and by which way.

    Parameters
    ----------
    shared
        Others are served too: everybody signs in. False serves one person, at this computer only.
    behind_proxy
        A proxy of our own says who asks (``X-Forwarded-For``, ``-Host``, ``-Proto``), and nobody comes past it.
    allowed_hosts
        Names under which the program may be asked, beside this computer's own name and plain addresses.
    metrics_token
        Opens the figures to a program on this computer; empty for none.
    """

    shared: bool = False
    behind_proxy: bool = False
    allowed_hosts: tuple[str, ...] = ()
    metrics_token: str = ""

    def environment(self) -> dict[str, str]:
        """Return the environment that says so to the program served."""
        return {
            SHARED_KEY: YES if self.shared else "",
            BEHIND_PROXY_KEY: YES if self.behind_proxy else "",
            ALLOWED_HOSTS_KEY: ",".join(self.allowed_hosts),
        }


def terms(environment: Mapping[str, str]) -> Terms:
    """Return the terms that an environment says; without a word, one person at this computer."""
    hosts = (name.strip().lower() for name in environment.get(ALLOWED_HOSTS_KEY, "").split(","))
    return Terms(
        shared=environment.get(SHARED_KEY, "") == YES,
        behind_proxy=environment.get(BEHIND_PROXY_KEY, "") == YES,
        allowed_hosts=tuple(name for name in hosts if name),
        metrics_token=environment.get(METRICS_TOKEN_KEY, ""),
    )
