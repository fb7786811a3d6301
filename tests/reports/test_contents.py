"""The tables say what the audit says, and what it rests on."""

import dataclasses

import pandas as pd
import pytest

from audits import terms, wording
from audits.reports import contents
from tests import made_contents, made_records


def finding(exported, element_id, criterion):
    table = exported.findings
    rows = table.loc[(table["element_id"] == element_id) & (table["criterion"] == criterion)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_a_site_carries_its_names_its_position_and_its_score(exported, record):
    site = exported.sites.set_index("code").loc["KK-001"]
    assert (site["name_th"], site["name_en"]) == tuple(record.sites.loc["KK-001", ["name_th", "name_en"]])
    assert (site["position_status"], site["position_accuracy_m"]) == ("named", 130.0)
    assert (site["longitude_deg"], site["latitude_deg"]) == (102.82957, 16.43046)
    assert site["verdict"] == "fail"
    assert site["score_low"] == pytest.approx(record.audit.sites.loc["KK-001", "score_low"], abs=1e-6)
    assert site["coverage_share"] == pytest.approx(record.audit.sites.loc["KK-001", "coverage"], abs=1e-6)
    assert site["facility_ramp"] == "fail"


def test_the_day_of_a_survey_is_the_day_in_bangkok(exported):
    sites = exported.sites.set_index("code")
    assert sites.loc["KK-001", "last_surveyed_on"] == pd.Timestamp("2026-03-03")
    assert pd.isna(sites.loc["KK-040", "last_surveyed_on"])


def test_a_failed_finding_names_value_limit_clause_and_basis(exported):
    row = finding(exported, "KK-001.ramp.1", "ramp.running_slope")
    assert (row["verdict"], row["measured_highest"], row["unit"]) == ("fail", 12.0, "percent")
    assert row["limit_upper"] == pytest.approx(100 / 12, abs=1e-6)
    assert pd.isna(row["limit_lower"])
    assert row["limit_as_stated"] == "1:12"
    assert row["margin"] == pytest.approx(100 / 12 - 12, abs=1e-6)
    assert row["clause_th"] and row["clause_en"] and row["clause_th"] != row["clause_en"]
    assert row["basis"] == "law"
    assert row["edition_assumed"]
    assert not row["checked_against_gazette"]


def test_what_was_not_measured_has_no_value_and_no_uncertainty(exported):
    unknown = exported.findings.loc[exported.findings["site_code"] == "KK-040"]
    assert set(unknown["verdict"]) == {"unknown"}
    assert unknown[["measured_lowest", "uncertainty", "margin"]].isna().all(axis=None)


def test_suggestions_are_ranked_within_their_site(exported):
    mine = exported.next_measurements.query("site_code == 'KK-001'")
    assert list(mine["rank"]) == list(range(1, len(mine) + 1))
    assert mine["gain_points_per_min"].is_monotonic_decreasing
    assert not {"running_slope_pct", "clear_width_mm"} & set(mine["quantity"])


def test_every_file_says_what_it_rests_on(exported, record):
    known = exported.about
    assert known["exported_on"] == "2026-03-05"
    assert known["as_of"] == "2026-03-04"
    assert known["record_head"] == f"7:{'0a1b2c3d' * 8}"
    assert known["criteria_version"] == record.criteria.version
    assert "OCHA" in known["attribution"]
    assert "demonstration" not in known


def test_the_coverage_counts_the_sites_exported(record):
    english = wording.Wording("en")
    today = dataclasses.replace(record, as_of=None)
    known = contents.contents(today, english, options=made_contents.OPTIONS, codes=["KK-001", "KK-040"]).about
    assert known["coverage"].startswith("1 of 2 ramp sites surveyed")
    assert known["positions"].startswith("0 of 2 positions confirmed")
    assert terms.UNVERIFIED in known["verification"]
    assert known["as_of"] == "everything recorded by the day of export"


def test_only_the_chosen_sites_are_exported(record, thai, exported):
    few = contents.contents(record, thai, options=exported.options, codes=["SP-001", "KK-001"])
    assert list(few.sites["code"]) == ["SP-001", "KK-001"]
    for table in (few.findings, few.elements, few.next_measurements):
        assert set(table["site_code"]) == {"SP-001", "KK-001"}


def test_a_site_that_is_not_registered_is_refused(record, thai, exported):
    with pytest.raises(KeyError, match="KK-999"):
        contents.contents(record, thai, options=exported.options, codes=["KK-999"])


def test_an_export_of_no_site_is_empty_but_whole(record, thai, exported):
    nothing = contents.contents(record, thai, options=exported.options, codes=[])
    for name, (table, wanted) in nothing.tables(thai).items():
        assert set(table.columns) >= {column.name for column in wanted}
        assert len(table) == (len(nothing.about) if name == "about" else 0)


def test_the_edition_of_the_audit_is_named(record, thai, exported):
    older = made_records.judged_again(record, edition="moi_2548")
    known = contents.contents(older, thai, options=exported.options).about
    assert known["edition"] == record.criteria.sources["moi_2548"].title.th


def test_a_demonstration_is_marked_in_both_languages_in_every_table(demonstrated, thai):
    mark = demonstrated.about["demonstration"]
    assert all(wording.Wording(language).text(terms.DEMONSTRATION) in mark for language in ("th", "en"))
    for name, (table, _) in demonstrated.tables(thai).items():
        assert mark in set(table["text"]) if name == "about" else set(table["demonstration"]) == {mark}
