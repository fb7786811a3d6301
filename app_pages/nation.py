"""Municipalities: compare those of a province or country by intervals, on a map and in the same table."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

import geopandas as gpd
import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import choices, tables
from app_pages.session import address, plain_text
from audits import roles, wording
from audits.nation import nation_map, partitions, summary
from audits.store.db import workspace

HEIGHT = 480
PROVINCE, LAYER, PLACE = "province", "nation_layer", "place"
SWATCH = tables.Markup('<span aria-hidden="true" style="color:{};-webkit-text-stroke:1px #5f5f5f">■</span> {}: {}')


def show(context: session.Context) -> None:
    """Draw the page."""
    text, out = context.words.text, workspace.chosen(None, os.environ).nation_folder
    st.title(text("Municipalities compared"))
    path = out / partitions.SUMMARY / "municipalities.parquet"
    if not path.is_file():
        made_with = "" if context.role == roles.COUNCIL else text("It is made with: {command}", command=_command(out))
        st.info(f"{text('No comparison is here yet.')} {made_with}".rstrip())
        return
    changed = path.stat().st_mtime_ns
    try:
        every = _read(str(out), changed)
    except (OSError, ValueError, KeyError):
        # cut short, or of another release: a new run writes all of it anew
        st.error(text("The comparison cannot be read: {file}. Make it again.", file=plain_text.literal(str(path))))
        return
    st.write(
        text(
            "One engine, one set of criteria and weights for all. Where two intervals overlap, nobody knows which of "
            "the two is better: then no order is given, and more measuring gives one."
        )
    )
    left_out(context, out)
    provinces = {str(name): str(name) for name in sorted(every["province"].unique())}
    left, right = st.columns(2)
    with left:
        province = choices.one_or_none(
            text("Province"), provinces, placeholder=text("all"), **address.one(PROVINCE, provinces)
        )
    with right:
        layers = {name: text(title) for name, title in nation_map.LAYERS.items()}
        kept = address.one(LAYER, layers)
        st.session_state.setdefault(LAYER, nation_map.RANK)
        layer = choices.buttons(text("Colours"), layers, **kept)
    meant = every if province is None else every.loc[every["province"] == province]
    names = meant["province"] + " · " + meant["municipality"]
    place = choices.one_or_none(
        text("Find a municipality"), {one: one for one in names}, **address.one(PLACE, set(names))
    )
    drawn, legend = _drawing(str(out), changed, province, layer, place or "", context.words.language)
    for row in meant.loc[names == place].to_dict("records"):
        st.write(plain_text.literal(nation_map.sentence(row, context.words)))
    on_map, explained = st.columns([2, 1])
    with on_map:
        st.html(drawn or f"<p>{tables.cell(text('No position of any municipality is known.'))}</p>")
    with explained:
        st.html(f"<p>{tables.lines(*(SWATCH.format(*one) for one in legend))}</p>")
        made = dt.datetime.fromtimestamp(changed / 1e9, wording.local_zone()).date()
        st.write(text("Judged on {day}.", day=context.words.day(made)))
    twin(context, meant, layer)


def left_out(context: session.Context, out: Path) -> None:
    """Name the files that were refused, each with its reasons."""
    text = context.words.text
    try:
        receipt = json.loads((out / "nation.json").read_text("utf-8"))
    except (OSError, ValueError):
        return
    refused = receipt.get("refused", ())
    if refused:
        label = context.words.count("{n} file was refused", "{n} files were refused", len(refused))
        with st.expander(label, key="nation_refused"):
            rows = [(one["partition"], " ".join(each["sentence"] for each in one["problems"])) for one in refused]
            st.html(tables.table(label, (text("File"), text("Reason")), rows))


def twin(context: session.Context, meant: pd.DataFrame, layer: str) -> None:
    """Show the same municipalities as a table, the surely better ones first."""
    words, text = context.words, context.words.text
    st.subheader(text("The same municipalities as a table"))
    ordered = meant.sort_values(["rank_best", "rank_worst", "municipality"], na_position="last")
    classed = nation_map.classes(ordered, layer).map(
        {name: text(one.meaning) for name, one in nation_map.CLASSES[layer].items()}
    )
    columns = {
        text("Province"): ordered["province"],
        text("Score, lowest"): ordered["score_low"].round(1),
        text("Score, highest"): ordered["score_high"].round(1),
        text("Rank, best"): ordered["rank_best"],
        text("Rank, worst"): ordered["rank_worst"],
        text("On the map"): classed,
        text("Measured, %"): (100 * ordered["coverage_share"]).round(0),
        text("Known to fail, %"): (100 * ordered["failing_share_low"]).round(0),
        text("Elements"): ordered["elements"],
        text("Trips step-free of 100, lowest"): ordered["access_low"].round(0),
        text("Trips step-free of 100, highest"): ordered["access_high"].round(0),
        text("Remark"): [
            _remark(words, invented=bool(invented), coarse=bool(coarse))
            for invented, coarse in zip(ordered["demonstration"], ordered["coarse"].eq(True).fillna(False), strict=True)
        ],
    }
    table = pd.DataFrame(columns).set_axis(pd.Index(ordered["municipality"], name=text("Municipality")))
    empty = [name for name in table.columns if table[name].isna().all() or (table[name] == "").all()]
    st.dataframe(table.drop(columns=empty), alt=text("Municipalities compared"), height=HEIGHT)


def _remark(words: wording.Wording, *, invented: bool, coarse: bool) -> str:
    remarks = [words.text("invented surveys")] if invented else []
    remarks += [words.text("access on the axes of main streets only")] if coarse else []
    return ", ".join(remarks)


def _command(out: Path) -> str:
    return f"`python -m audits nation RECORDS --out {out}`"


@st.cache_data(max_entries=2, show_spinner=False)
def _read(out: str, changed: int) -> gpd.GeoDataFrame:
    del changed  # what the cache tells two runs apart by
    return summary.read(Path(out))


@st.cache_data(max_entries=32, show_spinner=False)
def _drawing(
    out: str, changed: int, province: str | None, layer: str, place: str, language: str
) -> tuple[str, list[tuple[str, str, str]]]:
    words, table = wording.Wording(language), _read(out, changed)
    meant = table if province is None else table.loc[table["province"] == province]
    chosen = meant.index[meant["province"] + " · " + meant["municipality"] == place]
    drawn = nation_map.drawn(meant, layer, words, chosen)
    legend = list(nation_map.legend(meant, layer, words))
    return (drawn.tag("jaidee-photo") if drawn else ""), legend


if __name__ == "__main__":
    show(session.current())
