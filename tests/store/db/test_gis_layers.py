from collections.abc import Callable

import pandas as pd
import pyogrio
import pytest

from audits import survey
from audits.store.db import connection, schema
from audits.store.register import checks
from audits.store.surveys import submit

pytestmark = pytest.mark.usefixtures("the_file")

LAYERS = [table for table in schema.metadata.sorted_tables if table not in schema.TRANSIENT]


def test_gdal_lists_every_table_and_the_view(store: connection.Store) -> None:
    layers = dict(pyogrio.list_layers(store.workspace.store_path))
    assert set(layers) >= {table.name for table in LAYERS} | {"site_latest"}
    points = {name for name, geometry in layers.items() if geometry == "Point"}
    assert points == {"site", "site_history", "survey", "site_latest"}


def test_who_is_signed_in_is_no_layer_to_be_handed_on(store: connection.Store) -> None:
    layers = {name for name, _ in pyogrio.list_layers(store.workspace.store_path)}
    assert layers.isdisjoint({"signed_in", "sign_in_failure"})


def test_gdal_reads_every_column_of_every_table(store: connection.Store) -> None:
    for table in LAYERS:
        key, geometry = next(iter(table.primary_key)).name, {"geom"}
        read = set(pyogrio.read_info(store.workspace.store_path, layer=table.name)["fields"])
        assert read == {column.name for column in table.columns} - {key} - geometry


def test_gdal_reads_the_sites(store: connection.Store) -> None:
    frame = pyogrio.read_dataframe(store.workspace.store_path, layer="site")
    assert frame.crs.to_epsg() == 4326
    assert set(checks.SITE_COLUMNS) <= set(frame.columns)
    first = frame.set_index("code").loc["KK-001"]
    assert (first["name_th"], first["zone"], first["position_accuracy_m"]) == ("สำนักงานเทศบาล", 1, 30.0)
    assert (first.geometry.x, first.geometry.y) == (102.8295, 16.43001)


def test_the_view_shows_the_latest_survey_that_stands(
    store: connection.Store, a_survey: Callable[..., survey.Survey]
) -> None:
    submit.submit(store, a_survey(), "somchai")
    submit.submit(store, a_survey(survey_id="uuid:2", supersedes="uuid:1", surveyor="สมหญิง"), "somying")
    frame = pyogrio.read_dataframe(store.workspace.store_path, layer="site_latest").set_index("code")
    assert frame.loc["KK-001", "survey_id"] == "uuid:2"
    assert frame.loc["KK-001", "observed_at"] == pd.Timestamp("2026-03-02T02:30:00Z")
    assert pd.isna(frame.loc["SP-001", "survey_id"])


def test_qgis_finds_a_style_for_the_view(store: connection.Store) -> None:
    with connection.reading(store) as records:
        style = records.exec_driver_sql("SELECT f_table_name, styleQML, useAsDefault FROM layer_styles").one()
    assert style.f_table_name == "site_latest"
    assert style.styleQML.startswith("<!DOCTYPE qgis>")
    assert style.useAsDefault == 1
