"""Read from the environment how the program is served: to one person, or shared with accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SHARED_KEY = "JAIDEE_SHARED"
BEHIND_PROXY_KEY = "JAIDEE_BEHIND_PROXY"
ALLOWED_HOSTS_KEY = "JAIDEE_ALLOWED_HOSTS"
REQUIRE_TLS_KEY = "JAIDEE_REQUIRE_TLS"
NOT_ENCRYPTED_KEY = "JAIDEE_NOT_ENCRYPTED"
METRICS_TOKEN_KEY = "JAIDEE_METRICS_TOKEN"  # noqa: S105 - the name of a variable
YES = "1"


@dataclass(frozen=True)
class Settings:
    """Settings of the server.

    Parameters
    ----------
    shared
        Whether others are served too, who must sign in. False serves one person, at this computer only.
    behind_proxy
        Whether all requests come through a proxy of our own, which sets ``X-Forwarded-For``, ``-Host`` and ``-Proto``.
    allowed_hosts
        Host names that are accepted, beside this computer's own name and plain addresses.
    metrics_token
        Token that gives a program on this computer access to the metrics; empty for none.
    require_tls
        Whether requests of other computers are refused unless they come by HTTPS.
    not_encrypted
        Whether other computers can reach the program without HTTPS; passwords then cross the network readably.
    """

    shared: bool = False
    behind_proxy: bool = False
    allowed_hosts: tuple[str, ...] = ()
    metrics_token: str = ""
    require_tls: bool = False
    not_encrypted: bool = False

    def environment(self) -> dict[str, str]:
        """Environment variables for the process that serves."""
        return {
            SHARED_KEY: YES if self.shared else "",
            BEHIND_PROXY_KEY: YES if self.behind_proxy else "",
            ALLOWED_HOSTS_KEY: ",".join(self.allowed_hosts),
            REQUIRE_TLS_KEY: YES if self.require_tls else "",
            NOT_ENCRYPTED_KEY: YES if self.not_encrypted else "",
        }


def read(environment: Mapping[str, str]) -> Settings:
    """Read the settings; without any, one person at this computer is served.

    Examples
    --------
    >>> read({"JAIDEE_SHARED": "1", "JAIDEE_ALLOWED_HOSTS": "jaidee.example.go.th"}).allowed_hosts
    ('jaidee.example.go.th',)
    """
    hosts = (name.strip().lower() for name in environment.get(ALLOWED_HOSTS_KEY, "").split(","))
    return Settings(
        shared=environment.get(SHARED_KEY, "") == YES,
        behind_proxy=environment.get(BEHIND_PROXY_KEY, "") == YES,
        allowed_hosts=tuple(name for name in hosts if name),
        metrics_token=environment.get(METRICS_TOKEN_KEY, ""),
        require_tls=environment.get(REQUIRE_TLS_KEY, "") == YES,
        not_encrypted=environment.get(NOT_ENCRYPTED_KEY, "") == YES,
    )
