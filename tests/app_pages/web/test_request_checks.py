"""Paths, hosts, origins and redirect targets are taken for what they are."""

from __future__ import annotations

import pytest

from app_pages.web import request_checks


@pytest.mark.parametrize("path", ["/", "/site", "/assets/", "/a b", "/ทางลาด", "/media/a.b.jpg"])
def test_a_plain_path_is_normalised(path: str) -> None:
    assert request_checks.is_normalised(path)


@pytest.mark.parametrize(
    "path", ["", "a", "//a", "/a//b", "/../a", "/a/..", "/a/.", "/%2e", "/a\\b", "/a;b", "/\n", "/\0"]
)
def test_a_path_with_two_meanings_is_not(path: str) -> None:
    assert not request_checks.is_normalised(path)


@pytest.mark.parametrize(
    ("origin", "host", "scheme", "same"),
    [
        ("http://localhost:8501", "localhost:8501", "http", True),
        ("https://a.example", "a.example", "https", True),
        ("https://a.example", "a.example", "http", True),
        ("https://a.example:443", "a.example", "https", True),
        ("http://a.example", "a.example:80", "ws", True),
        ("http://[::1]:8501", "[::1]:8501", "ws", True),
        ("http://a.example:81", "a.example", "http", False),
        ("http://b.example", "a.example", "http", False),
        ("http://a.example.b.example", "a.example", "http", False),
        ("file://a.example", "a.example", "http", False),
        ("null", "a.example", "http", False),
        ("http://a.example:x", "a.example", "http", False),
        ("http://a.example", "", "http", False),
    ],
)
def test_an_origin_is_ours_when_name_and_port_are(origin: str, host: str, scheme: str, same: bool) -> None:
    assert request_checks.is_same_origin(origin, host, scheme) == same


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("audit.city.example", True),
        ("AUDIT.city.example.:443", True),
        ("192.168.1.20:8501", True),
        ("[2001:db8::1]", True),
        ("localhost", True),
        ("city.example", False),
        ("x.audit.city.example", False),
        ("a@audit.city.example", False),
        ("audit.city.example/x", False),
        ("", False),
    ],
)
def test_shared_it_answers_to_plain_addresses_and_allowed_names(host: str, allowed: bool) -> None:
    assert request_checks.is_allowed_host(host, ("audit.city.example",), shared=True) == allowed


@pytest.mark.parametrize("target", ["/", "/site?site=KK-012&lang=en", "/plan#a"])
def test_a_way_on_within_is_kept(target: str) -> None:
    assert request_checks.is_local_target(target)


@pytest.mark.parametrize(
    "target", ["", "//a", "http://a", "\\\\a", "/\\a", "javascript:x", "/\t/a", "https:a", "/%2f/a"]
)
def test_a_way_out_is_not(target: str) -> None:
    assert not request_checks.is_local_target(target)
