"""Prove that rows are placed by their figures or held, never guessed."""

from __future__ import annotations

import numpy as np

from audits import errors
from audits.field.tables import degrees, headers, places
from audits.field.tables import rows as rows_room
from audits.formats import tables
from audits.rules import model
from layers import positions

PAIR = headers.Layout((headers.Use("x", "east"), headers.Use("y", "north")))
ONE_COLUMN = headers.Layout((headers.Use("where", "place"),))


def read(rows: list[tables.Row], layout: headers.Layout, crs: str = "", datum: str = positions.WGS_84) -> places.Places:
    return placed(rows, layout, crs, datum)[0]


def placed(
    rows: list[tables.Row], layout: headers.Layout, crs: str = "", datum: str = positions.WGS_84
) -> tuple[places.Places, dict[int, errors.ProblemKind]]:
    """Return the places of some rows, and the last problem of each row that has one."""
    found = rows_room.of_table(tables.Table("CSV", (), tuple(rows), crs), layout)
    where = places.read(found, layout.crs or crs, positions.KHON_KAEN_SURROUNDINGS, datum, "sites.csv")
    return where, {row.line: row.problems[-1].kind for row in found if row.problems}


def rows(*pairs: tuple[object, object]) -> list[tables.Row]:
    return [tables.Row(line, {"x": x, "y": y}) for line, (x, y) in enumerate(pairs, start=2)]


def test_swapped_and_utm_figures_are_read_and_told() -> None:
    found, problems = placed(rows(("102.82", "16.43"), ("16.43", "102.82"), ("267200", "1818000")), PAIR)
    assert not problems
    assert np.isfinite(found.longitude).all()
    assert [notice.kind for notice in found.notices] == [places.READ_SWAPPED, places.READ_AS, places.DATUM_ASSUMED]


def test_a_stated_datum_is_taken_and_not_asked_again() -> None:
    as_indian = read(rows(("267200", "1818000")), PAIR, datum=positions.INDIAN_1975)
    assert [notice.kind for notice in as_indian.notices] == [places.READ_AS]
    assert as_indian.longitude[0] != read(rows(("267200", "1818000")), PAIR).longitude[0]


def test_the_older_datum_is_named_only_where_maps_of_it_were_made() -> None:
    found = rows_room.of_table(tables.Table("CSV", (), tuple(rows(("487000", "4285000")))), PAIR)
    lisbon = positions.Box(-9.25, 38.68, -9.08, 38.8)
    where = places.read(found, "", lisbon, positions.WGS_84, "sites.csv")
    assert [notice.kind for notice in where.notices] == [places.READ_AS]


def test_figures_that_are_nowhere_near_are_held_with_their_row() -> None:
    found, problems = placed(rows(("0", "0"), ("100.5", "13.75"), ("เหนือ", "16.43"), ("102.82", "")), PAIR)
    assert {line: kind.code for line, kind in problems.items()} == {
        2: "PLACE-001",
        3: "PLACE-001",
        4: "CELL-001",
        5: "CELL-001",
    }
    assert np.isnan(found.longitude).all()
    assert [notice.values["count"] for notice in found.notices if notice.kind is places.ELSEWHERE] == [1]


def test_one_column_with_both_figures_is_read() -> None:
    pairs = ["16.43, 102.82", "(16.43,102.82)", "16.43 102.82", "16.43"]
    found, problems = placed([tables.Row(line, {"where": text}) for line, text in enumerate(pairs)], ONE_COLUMN)
    assert found.longitude[:3].tolist() == [102.82] * 3
    assert problems == {3: places.NOT_A_PAIR}


def test_the_geometry_of_the_file_counts_where_no_column_says_more() -> None:
    rows_of_file = [tables.Row(1, {}, (267200.0, 1818000.0)), tables.Row(2, {})]
    found, problems = placed(rows_of_file, headers.Layout(()), "EPSG:32648")
    assert 102.7 < found.longitude[0] < 102.9
    assert np.isnan(found.longitude[1])
    assert not problems


def test_a_system_that_is_stated_is_not_guessed_over() -> None:
    stated = headers.Layout(PAIR.uses, crs="EPSG:32647")
    _, problems = placed(rows(("267200", "1818000")), stated)
    assert list(problems.values()) == [places.NOT_HERE]


def test_minutes_and_seconds_are_read_from_their_own_columns_and_from_one_cell(book: model.Criteria) -> None:
    columns = ("lat_deg", "lat_min", "lat sec", "lat dir", "ลองจิจูด (องศา)", "ลองจิจูด (ลิปดา)", "ลองจิจูด ฟิลิปดา")
    layout = headers.recognise(columns, book)
    assert layout.unused == ()
    names = [use.column for use in layout.uses]
    table = [
        tables.Row(2, dict(zip(names, ("16", "25", "55.2", "N", "102", "49", "30"), strict=True))),
        tables.Row(3, dict(zip(names, ("16", "75", "0", "N", "102", "49", "30"), strict=True))),
        tables.Row(4, dict.fromkeys(names)),
    ]
    found, problems = placed(table, layout)
    assert (found.latitude[0], found.longitude[0]) == (16.432, 102.825)
    assert problems == {3: degrees.NOT_DEGREES}
    together = ("16°25'55.2\"N 102°49'30\"E", "16° 25.92' N, 102° 49.5' E", "16.432N;102.825E")
    found, problems = placed([tables.Row(line, {"where": one}) for line, one in enumerate(together)], ONE_COLUMN)
    assert (list(found.latitude), list(found.longitude), problems) == ([16.432] * 3, [102.825] * 3, {})
