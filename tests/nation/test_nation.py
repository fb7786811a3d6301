"""A nation judged by partitions has the figures of one table in memory, and survives kills and broken files."""

from __future__ import annotations

import dataclasses
import json
import math
import subprocess
import sys
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

import audits
from audits import __main__ as program
from audits import errors, wording
from audits.nation import (
    boundaries,
    cluster,
    command,
    generating,
    judging,
    nation_map,
    partitions,
    running,
    summary,
    totals,
)

MUNICIPALITIES, ELEMENTS = 9, 600
ENGLISH = wording.Wording("en")
SCORES = ["verdict", "score_low", "score_high", "coverage", "grade", "failed", "not_measured"]


def here(tasks):
    """Judge in this process."""
    return map(judging.judge, tasks)


def judged(nation: Path, out: Path) -> running.Nation:
    return running.judge_nation(nation, out, here)


def states(found: running.Nation) -> list[int]:
    return [len(found.in_state(state)) for state in ("judged", "kept", "refused")]


@pytest.fixture(scope="module", name="nation")
def _nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nation")
    generating.generate(folder, MUNICIPALITIES, ELEMENTS, seed=5)
    return folder


@pytest.fixture(scope="module", name="out")
def _out(nation: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    assert states(judged(nation, out)) == [3, 0, 3]
    return out


@pytest.fixture(scope="module", name="in_memory")
def _in_memory(nation: Path) -> pd.DataFrame:
    whole = pd.concat(
        [gpd.read_parquet(path).assign(province=path.parent.name[9:]) for path in sorted(nation.glob("*/part-0*"))],
        ignore_index=True,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return audits.score(whole, kind="kind", setting="setting").set_index("element_id")


def test_the_scores_are_those_of_one_table_in_memory(out: Path, in_memory: pd.DataFrame) -> None:
    files = sorted((out / "scores").rglob("*.parquet"))
    found = pd.concat([gpd.read_parquet(path) for path in files]).set_index("element_id").astype({"kind": str})
    assert len(found) == ELEMENTS
    expected = in_memory.loc[found.index]
    for name in SCORES:
        pd.testing.assert_series_equal(found[name].astype(object), expected[name].astype(object), check_exact=True)
    assert (found.geometry == expected.geometry).all()


def test_the_findings_are_those_of_the_scores(out: Path, in_memory: pd.DataFrame) -> None:
    found = pd.read_parquet(out / "findings").astype({"element_id": str, "criterion": str, "verdict": str})
    for verdict, column in (("fail", "failed"), ("unknown", "not_measured")):
        of_each = found.loc[found["verdict"] == verdict].groupby("element_id")["criterion"].agg(",".join)
        expected = in_memory.loc[in_memory[column] != "", column]
        pd.testing.assert_series_equal(
            of_each.sort_index(), expected.sort_index(), check_names=False, check_dtype=False, check_index_type=False
        )


def test_the_summary_is_that_of_one_table_in_memory(out: Path, in_memory: pd.DataFrame) -> None:
    table = pd.read_parquet(out / "summary" / "municipalities.parquet")
    written = (out / "summary" / "municipalities.csv").read_text("utf-8-sig").splitlines()
    assert [float(line.split(",")[4]) for line in written[1:]] == table["judged_share"].tolist()
    assert len(table) == MUNICIPALITIES
    for row in table.itertuples():
        mine = in_memory.loc[in_memory["municipality"] == row.municipality]
        scored = mine.loc[mine["score_low"].notna()]
        assert row.elements == len(mine)
        assert row.failing_share_low == (mine["verdict"] == "fail").sum() / len(mine)
        assert row.failing_share_high == (mine["verdict"] != "pass").sum() / len(mine)
        assert row.judged_share == (mine["verdict"] != "unknown").sum() / len(mine)
        for name, column in (("score_low",) * 2, ("score_high",) * 2, ("coverage_share", "coverage")):
            assert getattr(row, name) == math.fsum(scored[column]) / len(scored), name
    unranked = table["rank_best"].isna()
    assert set(table.loc[unranked, "province"]) == {"P03"}
    assert not table.loc[unranked, "complete"].any()
    assert (table["rank_best"] <= table["rank_worst"])[~unranked].all()


def test_an_interrupted_run_is_continued(nation: Path, out: Path, tmp_path: Path) -> None:
    def interrupted(tasks):
        yield judging.judge(tasks[0])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        running.judge_nation(nation, tmp_path, interrupted)
    # killed between the renames of the second, and while the third was written
    second, third = (tmp_path / "scores" / f"province=P0{n}" / "part-0000.parquet" for n in (2, 3))
    for path in (second, third.with_name(f"{partitions.UNFINISHED}{third.name}")):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    done = next((tmp_path / "receipts").rglob("*.json")).stat().st_mtime_ns
    assert states(judged(nation, tmp_path)) == [2, 1, 3]
    assert min(path.stat().st_mtime_ns for path in (tmp_path / "receipts").rglob("*.json")) == done
    for name in ("municipalities.csv", "provinces.csv"):
        assert (tmp_path / "summary" / name).read_bytes() == (out / "summary" / name).read_bytes()
    assert not list(tmp_path.rglob(f"{partitions.UNFINISHED}*"))


def test_what_changed_is_judged_again_and_what_is_gone_leaves_nothing(nation: Path, tmp_path: Path) -> None:
    copy, out = tmp_path / "nation", tmp_path / "out"
    for number in (1, 2):
        path = copy / f"province=P0{number}" / "part-0000.parquet"
        path.parent.mkdir(parents=True)
        path.write_bytes((nation / path.relative_to(copy)).read_bytes())
    assert states(judged(copy, out)) == [2, 0, 0]
    changed = copy / "province=P01" / "part-0000.parquet"
    pd.read_parquet(changed).head(5).to_parquet(changed)
    (copy / "province=P02" / "part-0000.parquet").unlink()
    found = judged(copy, out)
    assert states(found) == [1, 0, 0]
    assert found.removed == ["province=P02/part-0000.parquet"]
    assert [path.parent.name for path in (out / "scores").rglob("*.parquet")] == ["province=P01"]
    # an edition is another basis
    assert states(running.judge_nation(copy, out, here, edition="moi_2548")) == [1, 0, 0]


FAULTS = {
    "kind": ("NATION-004", lambda table: table.drop(columns="kind")),
    "municipality": ("NATION-005", lambda table: table.assign(municipality=None)),
    "lamp": ("NATION-006", lambda table: table.assign(kind="lamp")),
    "wide": ("NATION-006", lambda table: table.assign(clear_width_mm="wide")),
    "-5": ("NATION-006", lambda table: table.assign(clear_width_mm=-5.0)),
    "clear_width_cm": ("NATION-006", lambda table: table.assign(clear_width_cm=90.0)),
}


def test_a_partition_is_refused_with_its_reason(nation: Path, tmp_path: Path) -> None:
    table = pd.read_parquet(nation / "province=P01" / "part-0000.parquet").head(20).drop(columns="geometry")
    folder, out = tmp_path / "nation", tmp_path / "out"
    path = folder / "province=กข" / "part.parquet"
    path.parent.mkdir(parents=True)
    table.to_parquet(path)
    assert states(judged(folder, out)) == [1, 0, 0]
    path.write_bytes(b"PAR1 and no more")
    for name, (_, spoil) in FAULTS.items():
        spoil(table).to_parquet(path.with_name(f"{name}.parquet"))
    found = judged(folder, out)
    for receipt in found.in_state("refused"):
        name = Path(receipt["name"]).stem
        (problem,) = receipt["problems"]
        assert problem.kind.code == ("NATION-003" if name == "part" else FAULTS[name][0])
        assert ("Parquet" if name == "part" else name) in problem.sentence().partition(": ")[2]
    assert states(found) == [0, 0, 7]
    # nothing of the whole file that stood there before; the province is named all the same
    assert not list((out / "scores").rglob("*.parquet"))
    assert found.tables["provinces"]["province"].tolist() == ["กข"]
    assert found.tables["provinces"]["rank_best"].isna().all()


def test_a_worker_with_other_criteria_judges_nothing(nation: Path, tmp_path: Path) -> None:
    def elsewhere(tasks):
        return here([dataclasses.replace(task, basis={**task.basis, "criteria": "other"}) for task in tasks])

    with pytest.raises(errors.CriteriaError, match="not those of the run"):
        running.judge_nation(nation, tmp_path, elsewhere)
    assert not list(tmp_path.rglob("*.parquet"))


def test_a_table_without_ids_settings_or_places_is_judged(tmp_path: Path) -> None:
    path = tmp_path / "nation" / "province=A" / "part.parquet"
    path.parent.mkdir(parents=True)
    table = pd.DataFrame({"municipality": ["x", "x", "y"], "kind": "ramp", "running_slope_pct": [8, 60, None]})
    table.assign(runing_slope=1, seat_height_mm=450.0).to_parquet(path)
    path.with_name("strange.txt").write_text("no partition")
    (tmp_path / "nation" / "loose.parquet").write_bytes(path.read_bytes())
    found = judged(tmp_path / "nation", tmp_path / "out")
    assert states(found) == [1, 0, 1]
    scores = pd.read_parquet(tmp_path / "out" / "scores" / "province=A" / "part.parquet")
    assert found.in_state("judged")[0]["notes"] == [
        "no criterion uses the columns: runing_slope",
        "running_slope_pct: 1 values outside the usual 1 to 30; is the unit right?",
    ]
    assert scores["element_id"].tolist() == ["0", "1", "2"]
    assert scores["verdict"].tolist() == ["unknown", "fail", "unknown"]


def test_a_place_has_every_rank_that_its_interval_allows() -> None:
    record = dict.fromkeys((*totals._COUNTS, *totals._SUMS), 0) | {"elements": 1, "scored": 1, "pass": 1}
    intervals = {"best": (80, 90), "second": (40, 70), "third": (60, 75), "worst": (10, 40), "refused": (0, 100)}
    receipts = [
        {"province": name, "state": "refused" if name == "refused" else "judged"}
        | {
            "municipalities": [
                record | {"municipality": name, "score_low_high_bits": low << 24, "score_high_high_bits": high << 24}
            ]
        }
        for name, (low, high) in intervals.items()
    ]
    provinces = summary.tables(receipts)["provinces"].set_index("province")
    ranks = {name: (provinces.loc[name, "rank_best"], provinces.loc[name, "rank_worst"]) for name in intervals}
    # one interval that begins where another ends is not surely better
    assert ranks == {"best": (1, 1), "second": (2, 4), "third": (2, 3), "worst": (3, 4), "refused": (pd.NA, pd.NA)}


def test_sums_are_exact_in_any_order() -> None:
    draw = np.random.default_rng(2)
    values = draw.choice([1 / 3, 100 / 7, 0.1, 99.9], 1_000) * draw.random(1_000)
    results = dict.fromkeys(totals.MEANS, values) | {"verdict": np.full(1_000, "fail", dtype=object)}
    for order in (np.arange(1_000), draw.permutation(1_000)):
        counted = []
        for rows in np.array_split(order, 7):
            one = totals.Totals()
            one.add(["a"], np.zeros(rows.size, np.int32), {name: column[rows] for name, column in results.items()})
            counted += one.records()
        (whole,) = totals.merged(counted, ["municipality"])
        assert totals.mean(whole, "score_low") == math.fsum(values) / 1_000


def test_processes_of_dask_give_the_same(nation: Path, out: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "audits", "nation", nation, "--out", tmp_path, "--workers", "2", "--json"]
    done = subprocess.run(list(map(str, command)), capture_output=True, check=False)
    assert done.returncode == 3, done.stderr.decode()
    receipt = json.loads(done.stdout)
    assert (receipt["judged"], receipt["kept"], receipt["elements"]) == (3, 0, ELEMENTS)
    assert [(one["partition"], one["problems"][0]["code"]) for one in receipt["refused"]] == [
        ("province=P03/part-broken-column.parquet", "NATION-004"),
        ("province=P03/part-broken-cut.parquet", "NATION-003"),
        ("province=P03/part-broken-unit.parquet", "NATION-006"),
    ]
    assert json.loads((tmp_path / "nation.json").read_text("utf-8")) == {
        name: value for name, value in receipt.items() if name != "ok"
    }
    for name in ("municipalities.csv", "provinces.csv"):
        assert (tmp_path / "summary" / name).read_bytes() == (out / "summary" / name).read_bytes()


def test_the_command_answers_wrong_usage_and_nothing_to_judge(tmp_path: Path) -> None:
    def code(*words: object) -> int:
        return CliRunner().invoke(program.application, ["nation", *map(str, words)]).exit_code

    assert code(tmp_path) == 2
    assert code(tmp_path / "nowhere", "--out", tmp_path) == 2
    assert code(tmp_path, "--out", tmp_path / "out") == 1
    made = tmp_path / "made"
    assert code("--generate", made, "--municipalities", 3, "--elements", 2) == 2
    assert code("--generate", made, "--municipalities", 2, "--elements", 5, "--seed", 4) == 0
    assert code("--generate", made, "--municipalities", 2, "--elements", 5) == 2
    again = tmp_path / "again"
    generating.generate(again, 2, 5, seed=4)
    for path in sorted(made.rglob("part-0*.parquet")):
        pd.testing.assert_frame_equal(pd.read_parquet(path), pd.read_parquet(again / path.relative_to(made)))


def test_a_scheduler_that_is_not_there_is_named() -> None:
    with (
        pytest.raises(errors.RefusedError, match="No scheduler of Dask"),
        cluster.existing("tcp://127.0.0.1:9", timeout="0.3s"),
    ):
        pass


def test_the_map_puts_a_place_into_a_half_only_where_its_interval_is_there() -> None:
    ranks = {"a": (1, 2), "b": (1, 3), "c": (3, 4), "d": (None, None)}
    table = pd.DataFrame.from_dict(ranks, "index", columns=["rank_best", "rank_worst"]).astype("Int64")
    table = table.assign(ranked=4, coverage_share=[0.0, 0.2, 1.0, math.nan], score_low=1.0, score_high=2.0)
    found = [nation_map.classes(table, layer).tolist() for layer in nation_map.LAYERS]
    assert found == [["better", "open", "worse", "none"], ["0", "1", "4", "none"]]
    areas = gpd.GeoSeries.from_wkt(["POLYGON ((100 15, 101 15, 101 16, 100 15))", "POINT (102 15)", None, None])
    drawn = nation_map.drawn(gpd.GeoDataFrame(table, geometry=areas.to_numpy(), crs=4326), "rank", ENGLISH, ["b"])
    assert drawn.svg.count("<path") == 2
    assert drawn.svg.count("<circle") == 1
    assert "Map of 2 municipalities: surely in the better half: 1" in drawn.alt


@pytest.fixture(name="province")
def _province(demonstration_folder: Path, tmp_path: Path) -> Path:
    """A province with a workspace, backups of another one, and a file that is no record."""
    folder = tmp_path / "ขอนแก่น"
    source = demonstration_folder / "demonstration" / "jaidee.gpkg"
    for name in ("Phon", "Ban Phai/2026-01-01T00-00-00Z", "Ban Phai/2026-02-01T00-00-00Z", "Ban Phai/photos"):
        (folder / name).mkdir(parents=True)
    for name in ("Phon", "Ban Phai/2026-02-01T00-00-00Z"):
        (folder / name / "jaidee.gpkg").write_bytes(source.read_bytes())
    (folder / "Phon" / "base.gpkg.old").touch()
    (folder / "Ban Phai" / "2026-01-01T00-00-00Z" / "jaidee.gpkg").write_bytes(b"an older backup is not read")
    (folder / "Torn.gpkg").write_bytes(b"no record")
    # that of Phon in a zone beside its own, that of Ban Phai somewhere else
    areas = gpd.GeoSeries([shapely.box(102, 16, 103, 17), shapely.box(100, 13, 101, 14)], crs="EPSG:4326")
    named = {"province": ["ขอนแก่น"] * 2, "municipality": ["Phon", "Ban Phai"]}
    gpd.GeoDataFrame(named, geometry=areas).to_crs(32647).to_file(folder / "boundaries.gpkg")
    return folder


def test_boundaries_that_cannot_be_used_are_refused_before_anything_is_judged(tmp_path: Path) -> None:
    area = shapely.box(102, 16, 103, 17)
    named = {"province": ["ขอนแก่น"], "municipality": ["Phon"]}
    path = tmp_path / "boundaries.geojson"
    assert boundaries.read(tmp_path) == {}
    for table, kind in (
        (gpd.GeoDataFrame(named, geometry=[area.centroid], crs=4326), boundaries.NO_AREA),
        (gpd.GeoDataFrame(named, geometry=[None], crs=4326), boundaries.NO_AREA),
        (gpd.GeoDataFrame(named, geometry=[shapely.box(200000, 10, 300000, 20)], crs=4326), boundaries.NO_AREA),
        (gpd.GeoDataFrame(named | {"municipality": [None]}, geometry=[area], crs=4326), boundaries.NO_AREA),
        (gpd.GeoDataFrame({"name": ["Phon"]}, geometry=[area], crs=4326), boundaries.NO_COLUMN),
        ("", boundaries.UNREADABLE),
        ('{"type": "FeatureCollection", "features": []}', boundaries.NO_COLUMN),
        ("province,municipality\na,b\n", boundaries.UNREADABLE),
    ):
        path.write_text(table if isinstance(table, str) else table.to_json(), "utf-8")
        with pytest.raises(errors.RefusedError) as refused:
            boundaries.read(tmp_path)
        assert {problem.kind for problem in refused.value.problems} == {kind}
    path.unlink()
    bare = gpd.GeoDataFrame(named, geometry=[area])
    bare.to_parquet(tmp_path / "boundaries.parquet")
    with pytest.raises(errors.RefusedError, match="coordinate system"):
        boundaries.read(tmp_path)
    parts = pd.concat([bare.set_crs(4326), bare.set_crs(4326).set_geometry([shapely.box(104, 16, 105, 17)])])
    for zone in (32647, 32648):
        parts.to_crs(zone).to_parquet(tmp_path / "boundaries.parquet")
        (whole,) = boundaries.read(tmp_path).values()
        assert whole.bounds == pytest.approx((102, 16, 105, 17), abs=1e-6)


def test_records_of_municipalities_are_compared_by_their_own_readings(province: Path, tmp_path: Path) -> None:
    before = (province / "Phon" / "jaidee.gpkg").read_bytes()
    found = judged(province, tmp_path / "out")
    assert states(found) == [2, 0, 1]
    assert found.in_state("refused")[0]["problems"][0].kind.code == "NATION-009"
    table = found.tables["municipalities"].set_index("municipality")
    # the torn one is named, and keeps no other from being ranked
    assert table["complete"].to_dict() == {"Ban Phai": True, "Phon": True, "Torn": False}
    assert table["rank_worst"].fillna(0).tolist() == [2, 2, 0]
    assert table["demonstration"].tolist() == [True, True, False]
    assert not found.tables["provinces"]["complete"].any()
    assert (province / "Phon" / "jaidee.gpkg").read_bytes() == before
    assert sorted(path.name for path in (province / "Phon").iterdir()) == ["base.gpkg.old", "jaidee.gpkg"]
    record = audits.open_record(province / "Phon")
    once = record.elements.index[record.counted_as(record.elements.index) == record.elements.index]
    expected = record.audit.elements.loc[once]
    path = tmp_path / "out" / "scores" / "province=ขอนแก่น" / "Phon" / "jaidee.gpkg.parquet"
    scores = gpd.read_parquet(path).set_index("element_id")
    for theirs, ours in (("score_low",) * 2, ("score_high",) * 2, ("coverage",) * 2):
        assert np.array_equal(scores[theirs].to_numpy(), expected.loc[scores.index, ours].to_numpy(), equal_nan=True)
    assert set(scores.index) == set(once)
    access = found.tables["access"].set_index("municipality").loc["Phon"]
    assert 0 < access["access_low"] < access["access_high"] < 100
    drawn = gpd.read_parquet(tmp_path / "out" / "summary" / "municipalities.parquet").set_index("municipality")
    assert drawn.geometry["Phon"].bounds == pytest.approx((102, 16, 103, 17), abs=1e-6)
    assert (found.drawn, found.misplaced) == ([("ขอนแก่น", "Phon")], [("ขอนแก่น", "Ban Phai")])
    assert "ขอนแก่น, Ban Phai: every element lies outside" in "\n".join(command._lines(ENGLISH, found))
    assert drawn.geometry["Ban Phai"].covers(gpd.GeoSeries(scores.geometry).union_all().centroid)
    # nothing changed, so nothing is judged again; a record that is taken away leaves nothing
    assert states(judged(province, tmp_path / "out")) == [0, 2, 1]
    (province / "Phon" / "jaidee.gpkg").unlink()
    assert judged(province, tmp_path / "out").removed == ["province=ขอนแก่น/Phon/jaidee.gpkg"]
