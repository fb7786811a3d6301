"""Draw by lot the sites for a blind second survey, so that everybody's work is checked."""

from __future__ import annotations

import datetime as dt
import hashlib
import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from audits import survey, wording
from audits.quality import pairing
from audits.scoring import readings, selection

SHARE = 0.10
LEAST_SITES = 5

BY_LOT = wording.phrase("drawn by lot in its zone")
FOR_THE_SURVEYOR = wording.phrase("drawn so that every surveyor's work is checked")

COLUMNS = ("zone", "reason", "surveyed_on", "again_by", "not_by")


def proposals(
    sites: pd.DataFrame,
    surveys: pd.DataFrame,
    seed: str,
    first_day: dt.date,
    last_day: dt.date,
    share: float = SHARE,
    least: int = LEAST_SITES,
    within_days: int = pairing.WITHIN_DAYS,
) -> pd.DataFrame:
    """Propose the sites of a period to be surveyed again by somebody else.

    A systematic sample of the sites in the order of zone, surveyor and lot, so that each zone gives its share to within
    one site (Cochran, Sampling Techniques, 3rd edition 1977, chapter 8); then one more site of every surveyor of whom
    none was drawn and none was surveyed twice already. Sites surveyed twice count towards the share.

    Parameters
    ----------
    sites
        Index ``code``; column ``zone`` (number or NA).
    surveys
        Those that count, see :class:`audits.record.AuditedRecord`: ``site_code``, ``surveyor``, ``observed_at`` (UTC).
    seed
        Seed of the lot, such as the head of the audit log at the end of the period: known to nobody before, and the
        same draw for everybody after.
    first_day, last_day
        The period of local days, both counted.
    share, least
        Share of the surveyed sites, 0 to 1, and the least number, to be surveyed twice.
    within_days
        A second survey later than that many days makes no pair; it gives ``again_by``.

    Returns
    -------
    pandas.DataFrame
        Index ``code`` in order; columns :data:`COLUMNS`: ``reason`` is :data:`BY_LOT` or :data:`FOR_THE_SURVEYOR`,
        ``surveyed_on`` and ``again_by`` days, ``not_by`` the surveyor of the first survey. For the office only; see
        :func:`blind_list` for a technician's list.
    """
    visits = _visits(sites, surveys, first_day, last_day)
    twice = surveyed_twice(visits, within_days)
    done = set(twice["site_code"])
    candidates = _candidates(visits.loc[~visits["site_code"].isin(done)], sites, seed)
    # Rounded first: 0.1 × 30 is 3.0000000000000004 in binary, which must not become 4.
    goal = max(least, math.ceil(round(share * visits["site_code"].nunique(), 9)))
    wanted = min(max(goal - len(done), 0), len(candidates))
    drawn = candidates.iloc[_spread(wanted, len(candidates), seed)]
    # Who was drawn or surveyed twice already is checked; of everybody else one more site is drawn.
    checked = {*pairing.people(pd.concat([twice["first_surveyor"], twice["second_surveyor"]])), *drawn["person"]}
    unchecked = candidates.loc[~candidates["person"].isin(checked)].sort_values("lot").drop_duplicates("person")
    chosen = pd.concat([drawn.assign(reason=BY_LOT), unchecked.assign(reason=FOR_THE_SURVEYOR)])
    chosen["again_by"] = chosen["surveyed_on"] + pd.to_timedelta(within_days, unit="D")
    chosen = chosen.rename(columns={"surveyor": "not_by"})
    return chosen[list(COLUMNS)].sort_index()


def surveyed_twice(surveys: pd.DataFrame, within_days: int = pairing.WITHIN_DAYS) -> pd.DataFrame:
    """Pair the surveys of one site by two people within some days; columns :data:`audits.quality.pairing.COLUMNS`.

    Parameters
    ----------
    surveys
        ``survey_id``, ``site_code``, ``surveyor``, ``observed_at`` (UTC); only those that stand.
    within_days
        Most local days between the two.
    """
    whole_site = surveys.assign(element_id=surveys["site_code"], item="", answer=np.nan, uncertainty=np.nan)
    return pairing.pairs(whole_site, within_days)


def _visits(sites: pd.DataFrame, surveys: pd.DataFrame, first_day: dt.date, last_day: dt.date) -> pd.DataFrame:
    """Keep the surveys of the period at these sites, with their person and their day."""
    counted = surveys.loc[surveys["site_code"].isin(sites.index)]
    day, person = readings.days(counted["observed_at"]), pairing.people(counted["surveyor"])
    in_period = (day >= pd.Timestamp(first_day)) & (day <= pd.Timestamp(last_day))
    return counted.assign(surveyed_on=day, person=person).loc[in_period]


def _candidates(visits: pd.DataFrame, sites: pd.DataFrame, seed: str) -> pd.DataFrame:
    """One row per site, index ``code``, in the order of zone, surveyor and lot."""
    latest = visits.sort_values(["observed_at", "survey_id"]).drop_duplicates("site_code", keep="last")
    one = latest.set_index(pd.Index(latest["site_code"], name="code"))[["surveyor", "person", "surveyed_on"]]
    one = one.assign(zone=sites["zone"].reindex(one.index), lot=[lot(seed, str(code)) for code in one.index])
    stratum = one["zone"].fillna(selection.NO_ZONE)
    return one.assign(stratum=stratum).sort_values(["stratum", "person", "lot"])


def lot(seed: str, ticket: str) -> str:
    """Lot of one ticket: the SHA-256 of the seed and the ticket, in hexadecimal."""
    return hashlib.sha256(f"{seed}\n{ticket}".encode()).hexdigest()


def _spread(wanted: int, size: int, seed: str) -> npt.NDArray[np.intp]:
    """Take `wanted` positions at equal distances among `size`, from a start that the lot decides."""
    # 13 hexadecimal digits are 52 bits, which a double holds exactly.
    start = int(lot(seed, "start")[:13], 16) / 16**13
    positions: npt.NDArray[np.intp] = np.floor((start + np.arange(wanted)) * (size / max(wanted, 1))).astype(np.intp)
    return positions


def blind_list(proposed: pd.DataFrame, sites: pd.DataFrame, surveyor: str, words: wording.Wording) -> pd.DataFrame:
    """List the sites for one technician, with no trace of the first survey.

    Parameters
    ----------
    proposed
        From :func:`proposals`.
    sites
        Index ``code``; columns ``name_th``, ``name_en``.
    surveyor
        Who is to go; the sites that this person surveyed first are left out.
    words
        The reader's language.

    Returns
    -------
    pandas.DataFrame
        Index ``code``; columns ``name``, ``zone``, ``again_by`` (day), ``reason`` in words.
    """
    mine = proposed.loc[pairing.people(proposed["not_by"]) != survey.person(surveyor)]
    named = sites.reindex(mine.index)
    name = named["name_th"]
    if words.language != "th":
        name = named["name_en"].where(named["name_en"] != "", name)
    reason = [words.text(each) for each in mine["reason"]]
    return pd.DataFrame({"name": name, "zone": mine["zone"], "again_by": mine["again_by"], "reason": reason})
