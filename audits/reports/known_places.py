"""Name the places of the register as residents look for them: by name and area, in order, each place once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import pandas as pd

from audits import record as records
from audits import wording
from audits.reports import markers
from audits.store.db import connection
from audits.store.register import presumed_pairs, same_elements


def labels(store: connection.Store, words: wording.Wording) -> dict[str, str]:
    """Return the code of each place by its label, such as "Nong Yai market · Zone 2 · SP-044", sorted as a reader does.

    A ramp that the register has again at a space stands under the space alone, see :func:`repeated`.
    """
    sites, elements = records.register(store)
    joined = same_elements.remaining(same_elements.joined(store), elements.index)
    pairs = presumed_pairs.find(sites, elements, joined, same_elements.apart(store))
    sites = sites.drop(index=list(repeated(sites, elements, joined, pairs)))
    rows = sites[["name_th", "name_en", "street_th", "street_en", "zone"]].itertuples()
    named = [(" · ".join(filter(None, (*_parts(row, words), str(row.Index)))), str(row.Index)) for row in rows]
    return dict(sorted(named, key=lambda one: wording.sort_key(one[0])))


def code(written: str, places: Mapping[str, str]) -> str:
    """Return the code of the place that somebody wrote: its label, its code, or a name that no other place has."""
    names = [label.split(" · ")[0] for label in places]
    count = Counter(map(_plain, names))
    known = {_plain(name): one for name, one in zip(names, places.values(), strict=True) if count[_plain(name)] == 1}
    known |= {_plain(one): one for pair in places.items() for one in pair[1:]}
    known |= {_plain(label): one for label, one in places.items()}
    return known.get(_plain(written), "")


def repeated(
    sites: pd.DataFrame, elements: pd.DataFrame, joined: Mapping[str, str], pairs: pd.DataFrame
) -> frozenset[str]:
    """Return the codes of the ramps whose every element stands at another site too.

    Parameters
    ----------
    sites, elements
        Of the register: index ``code`` and ``element_id``.
    joined
        By element, the one that it is one thing with: :func:`audits.store.register.same_elements.joined`.
    pairs
        From :func:`audits.store.register.presumed_pairs.find`. Where only nearness speaks for a pair, both stay: a
        resident who knows the one name would not find the place under the other.
    """
    ramps = set(sites.index[sites["kind"] == "ramp"])
    at = elements["site_code"]
    of_spaces = {joined.get(str(name), str(name)) for name in elements.index[~at.isin(ramps)]}
    elsewhere = {str(name) for name in elements.index if joined.get(str(name), str(name)) in of_spaces}
    elsewhere |= {name for name, kept in joined.items() if at[name] != at[kept]}
    elsewhere |= set(_presumed(sites, pairs))
    whole = pd.Series([str(name) in elsewhere for name in elements.index], index=elements.index).groupby(at).all()
    return frozenset(map(str, whole.index[whole])) & ramps


def _presumed(sites: pd.DataFrame, pairs: pd.DataFrame) -> Iterator[str]:
    ramps, spaces = (sites["name_th"].reindex(pairs[column]) for column in ("site_code", "other_site"))
    for element, ramp, space in zip(pairs.index.get_level_values(0), ramps, spaces, strict=True):
        if space and ramp.endswith(space):
            yield str(element)


def _parts(site: object, words: wording.Wording) -> Iterator[str]:
    """Yield the name of a site, and the street or the zone where that is not in the name."""
    name = markers.site_name(site, words)
    yield name
    thai, english, zone = (getattr(site, column) for column in ("street_th", "street_en", "zone"))
    street = english if words.language == "en" and english else thai
    if street and street not in name:
        yield str(street)
    elif not pd.isna(zone):
        yield words.text("Zone {n}", n=int(zone))


def _plain(written: str) -> str:
    return " ".join(written.split()).casefold()
