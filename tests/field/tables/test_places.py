"""Prove that rows are placed by their figures or held, never guessed."""

from __future__ import annotations

import numpy as np

from audits.field.tables import headers, places
from audits.formats import tables
from layers import positions

PAIR = headers.Layout((headers.Use("x", "east"), headers.Use("y", "north")))
ONE_COLUMN = headers.Layout((headers.Use("where", "place"),))


def read(rows: list[tables.Row], layout: headers.Layout, crs: str = "", datum: str = positions.WGS_84) -> places.Places:
    table = tables.Table("CSV", (), tuple(rows), crs)
    return places.read(table, layout, positions.KHON_KAEN_SURROUNDINGS, datum, "sites.csv")


def rows(*pairs: tuple[object, object]) -> list[tables.Row]:
    return [tables.Row(line, {"x": x, "y": y}) for line, (x, y) in enumerate(pairs, start=2)]


def test_swapped_and_utm_figures_are_read_and_told() -> None:
    found = read(rows(("102.82", "16.43"), ("16.43", "102.82"), ("267200", "1818000")), PAIR)
    assert not found.problems
    assert np.isfinite(found.longitude).all()
    assert [notice.kind for notice in found.notices] == [places.READ_SWAPPED, places.READ_AS, places.DATUM_ASSUMED]


def test_a_stated_datum_is_taken_and_not_asked_again() -> None:
    as_indian = read(rows(("267200", "1818000")), PAIR, datum=positions.INDIAN_1975)
    assert [notice.kind for notice in as_indian.notices] == [places.READ_AS]
    assert as_indian.longitude[0] != read(rows(("267200", "1818000")), PAIR).longitude[0]


def test_figures_that_are_nowhere_near_are_held_with_their_row() -> None:
    found = read(rows(("0", "0"), ("100.5", "13.75"), ("เหนือ", "16.43"), ("102.82", "")), PAIR)
    kinds = {line: problem.kind.code for line, problem in found.problems.items()}
    assert kinds == {2: "PLACE-001", 3: "PLACE-001", 4: "CELL-001", 5: "CELL-001"}
    assert np.isnan(found.longitude).all()


def test_one_column_with_both_figures_is_read() -> None:
    pairs = ["16.43, 102.82", "(16.43,102.82)", "16.43 102.82", "16.43"]
    found = read([tables.Row(line, {"where": text}) for line, text in enumerate(pairs)], ONE_COLUMN)
    assert found.longitude[:3].tolist() == [102.82] * 3
    assert {line: problem.kind for line, problem in found.problems.items()} == {3: places.NOT_A_PAIR}


def test_the_geometry_of_the_file_counts_where_no_column_says_more() -> None:
    found = read([tables.Row(1, {}, (267200.0, 1818000.0)), tables.Row(2, {})], headers.Layout(()), "EPSG:32648")
    assert 102.7 < found.longitude[0] < 102.9
    assert np.isnan(found.longitude[1])
    assert not found.problems


def test_a_system_that_is_stated_is_not_guessed_over() -> None:
    stated = headers.Layout(PAIR.uses, crs="EPSG:32647")
    found = read(rows(("267200", "1818000")), stated)
    assert [problem.kind for problem in found.problems.values()] == [places.NOT_HERE]
