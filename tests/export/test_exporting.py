"""Every kind of file can be made, twice the same."""

import functools

import pytest

from audits.export import exporting
from audits.reports import contents


@pytest.fixture(scope="module")
def made(exported, demonstrated, thai):
    """Export the record or the demonstration as one kind, each once for all tests."""
    both = {"record": exported, "demonstration": demonstrated}
    return functools.cache(lambda kind, of: exporting.export(kind, both[of], thai))


@pytest.mark.parametrize("kind", sorted(exporting.FORMATS))
def test_the_same_contents_make_the_same_bytes(kind, record, thai, exported, made):
    again = contents.contents(record, thai, options=exported.options)
    assert exporting.export(kind, again, thai) == made(kind, "record")


@pytest.mark.parametrize("kind", sorted(exporting.FORMATS))
def test_the_file_name_says_day_language_and_demonstration(kind, made):
    ending = exporting.FORMATS[kind].ending
    assert made(kind, "record")[0] == f"jaidee-2026-03-05-th.{ending}"
    assert made(kind, "demonstration")[0] == f"demonstration-jaidee-2026-03-05-th.{ending}"


@pytest.mark.parametrize("kind", ["geopackage", "geojson", "map"])
def test_a_demonstration_carries_its_mark(kind, demonstrated, made):
    mark = demonstrated.about["demonstration"].replace("'", "&#39;" if kind == "map" else "'")
    assert mark.encode() in made(kind, "demonstration")[1]


def test_an_unknown_kind_is_refused(exported, thai):
    with pytest.raises(KeyError, match="shapefile"):
        exporting.export("shapefile", exported, thai)
