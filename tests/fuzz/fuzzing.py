"""Bring spoiled files in, as many as the settings say, at every door there is."""

from __future__ import annotations

import json
from collections.abc import Mapping

from hypothesis import given, settings, strategies

from layers import positions
from tests.field.kit import kit_lines
from tests.fuzz import doors, intake, mutations

Goods = Mapping[str, bytes]
# a phone that asks something other than phones do
METHODS = ("GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE", "PATCH")
HEADERS = {
    "content-type": ("", "text/plain", "multipart/form-data", 'multipart/form-data; boundary="', "application/json"),
    "content-length": ("", "-1", "0", "1e3", "9" * 30, "๙"),
    "authorization": ("", "Basic", "Basic !!!", "Basic Og==", "Basic /////w==", "Bearer x", "Basic " + "A" * 9_000),
    "accept-language": ("", "xx", "th;q=2", "\x00", "é" * 300),
    "x-forwarded-for": ("", ",,", "x" * 5_000),
    "accept-encoding": ("gzip;q=nan", "*"),
}
QUERIES = ("", "ids=", "ids=,,,", "ids=%00", "names=" + "a" * 5_000, "ids=%ff%fe", "names=" + "0" * 64, "ids=a&ids=b")
PATHS = ("", "/", "/..%2f..%2fetc", "//", "/%00", "/%ff", "/" + "a" * 3_000, "/api/state", "/submission", "/kit")


def files(account: intake.Account, goods: Goods, many: settings) -> None:
    """Bring in spoiled tables or returns."""
    many(given(mutations.of(goods))(lambda spoiled: account.file(*spoiled)))()


def photos(account: intake.Account, goods: Goods, many: settings) -> None:
    """Bring in spoiled photos."""
    many(given(mutations.of(goods))(lambda spoiled: account.photo(spoiled[1])))()


def grounds(account: intake.Account, goods: Goods, box: positions.Box, many: settings) -> None:
    """Read spoiled cities."""
    many(given(mutations.of(goods))(lambda spoiled: account.ground(spoiled[1], box)))()


def collect(door: doors.Doors, submissions: Goods, pictures: Goods, many: settings) -> None:
    """Send spoiled submissions with spoiled photos as ODK Collect does, and now and then a spoiled request."""
    bodies = mutations.of({"body": doors.multipart(next(iter(submissions.values())), pictures)})

    @many
    @given(mutations.of(submissions), mutations.of(pictures), bodies, strategies.integers(0, 9))
    def send(submission: tuple[str, bytes], picture: tuple[str, bytes], body: tuple[str, bytes], way: int) -> None:
        whole = way < 8
        sent = doors.multipart(submission[1], {picture[0]: picture[1]}) if whole else body[1]
        door.submission(sent, submission[1] if whole else b"")

    send()


def kits(door: doors.Doors, records: Goods, pictures: Goods, many: settings) -> None:
    """Send spoiled records and photos as the offline kit does."""

    @many
    @given(mutations.of(records), mutations.of(pictures))
    def send(record: tuple[str, bytes], picture: tuple[str, bytes]) -> None:
        door.kit_photo(kit_lines.name_of(picture[1]), picture[1])
        door.kit_record(record[1])

    send()


def requests(door: doors.Doors, many: settings) -> None:
    """Ask at both doors what no phone would ask."""
    header = strategies.sampled_from(sorted(HEADERS)).flatmap(
        lambda name: strategies.tuples(strategies.just(name), strategies.sampled_from(HEADERS[name]))
    )
    start = strategies.sampled_from(doors.PREFIXES)

    @many
    @given(
        strategies.sampled_from(METHODS),
        strategies.tuples(start, strategies.sampled_from(PATHS)).map("".join) | strategies.sampled_from(doors.PATHS),
        strategies.sampled_from(QUERIES),
        strategies.lists(header, max_size=3).map(dict),
        strategies.binary(max_size=200) | strategies.just(json.dumps({"jaidee_record": 1}).encode()),
    )
    def ask(method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> None:
        door.anything(method, path, query, headers, body)

    ask()
