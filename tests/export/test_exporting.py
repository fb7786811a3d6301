"""Every kind of file can be made, twice the same."""

import pytest

from audits.export import exporting
from audits.reports import contents


@pytest.mark.parametrize("kind", sorted(exporting.FORMATS))
def test_the_same_contents_make_the_same_bytes(kind, record, thai, exported):
    again = contents.contents(record, thai, options=exported.options)
    assert exporting.export(kind, again, thai) == exporting.export(kind, exported, thai)


@pytest.mark.parametrize("kind", sorted(exporting.FORMATS))
def test_the_file_name_says_day_language_and_demonstration(kind, exported, demonstrated, thai):
    ending = exporting.FORMATS[kind].ending
    assert exporting.export(kind, exported, thai)[0] == f"jaidee-2026-03-05-th.{ending}"
    assert exporting.export(kind, demonstrated, thai)[0] == f"demonstration-jaidee-2026-03-05-th.{ending}"


@pytest.mark.parametrize("kind", ["geopackage", "geojson", "map"])
def test_a_demonstration_carries_its_mark(kind, demonstrated, thai):
    mark = demonstrated.about["demonstration"].replace("'", "&#39;" if kind == "map" else "'")
    assert mark.encode() in exporting.export(kind, demonstrated, thai)[1]


def test_an_unknown_kind_is_refused(exported, thai):
    with pytest.raises(KeyError, match="shapefile"):
        exporting.export("shapefile", exported, thai)
