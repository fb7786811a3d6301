"""Say of a kept plan what whoever takes it over must know: its sum, what it rests on, and what changed since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from audits import record as records
from audits import wording
from audits.plans import fix_pricing, plan_about
from audits.ramps import prices
from audits.reports import site_report
from audits.works import works_table


def sentences(
    record: records.AuditedRecord, works: works_table.Works, certificate: Mapping[str, Any], words: wording.Wording
) -> list[str]:
    """Return number and sum of the works of a plan as it was kept, and its warnings as of today.

    Parameters
    ----------
    certificate
        Of the plan; one of an older version may lack its costs.
    """
    chosen = list(certificate["chosen"])
    known = [name for name in chosen if name in record.elements.index]
    # two works of the plan may have been joined to one thing since
    today = list(dict.fromkeys(map(str, record.counted_as(known))))
    found = [
        _lead(chosen, certificate, words),
        *_bases(today, works, words),
        # as in the plan itself: only what is bought twice costs twice
        plan_about.possible_doubles([pair for pair in record.presumed if {*pair} <= {*works.fixes}], today, words),
        _changed(known, record, works, certificate, words),
        _gone([name for name in chosen if name not in known or not _is_followed(name, record, works)], words),
        words.text(prices.SAMPLE) if works.sample_prices else "",
    ]
    return list(filter(None, found))


def _lead(chosen: Sequence[str], certificate: Mapping[str, Any], words: wording.Wording) -> str:
    fixes = words.count("{n} fix", "{n} fixes", len(chosen))
    cost_thb = certificate.get("cost_thb")
    if cost_thb is None:
        return fixes
    return words.text("{fixes}, {cost} baht in all", fixes=fixes, cost=plan_about.baht(cost_thb, words))


def _bases(fix_ids: Sequence[str], works: works_table.Works, words: wording.Wording) -> Iterator[str]:
    """Yield how the costs are known today, from the surest, with the number of works of each."""
    followed = works.table.loc[works.table.index.intersection(list(fix_ids))]
    worded = Counter(works_table.basis_text(row, words) for _, row in followed.iterrows())
    for how in map(words.text, fix_pricing.BASES.values()):
        if worded[how]:
            yield words.count("{n} fix: {how}", "{n} fixes: {how}", worded[how], how=how)


def _changed(
    known: Sequence[str],
    record: records.AuditedRecord,
    works: works_table.Works,
    certificate: Mapping[str, Any],
    words: wording.Wording,
) -> str:
    """Name the works that cost something else today, in the case that the plan was made for."""
    then, case, other = certificate.get("costs_thb", {}), certificate.get("cost_case", "likely"), []
    for name in known:
        now = works.fixes.get(str(record.counted_as([name])[0]))
        # a certificate has floats where prices are whole baht
        if now is not None and name in then and round(then[name]) != getattr(now.fix.cost, case):
            other.append(name)
    if not other:
        return ""
    return words.count(
        "{n} fix has another price today than in this plan: {names}",
        "{n} fixes have another price today than in this plan: {names}",
        len(other),
        names=site_report.elements_named(other, words),
    )


def _is_followed(name: str, record: records.AuditedRecord, works: works_table.Works) -> bool:
    return str(record.counted_as([name])[0]) in works.table.index


def _gone(names: Sequence[str], words: wording.Wording) -> str:
    if not names:
        return ""
    return words.count(
        "{n} fix of this plan is none any more: {names}",
        "{n} fixes of this plan are none any more: {names}",
        len(names),
        names=site_report.elements_named(names, words),
    )
