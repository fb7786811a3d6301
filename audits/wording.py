"""Translate phrases, and format numbers and days in the reader's language."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import numbers as number_kinds
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, TypeGuard
from zoneinfo import ZoneInfo

import babel
from babel import dates, numbers
from babel.messages import catalog, pofile

from audits import errors
from layers import installation, time_zones

LANGUAGES = ("th", "en")
LOCALE_FOLDER = installation.DATA / "locale"
BANGKOK = ZoneInfo(time_zones.BANGKOK)
BUDDHIST_ERA_YEARS = 543

# British English writes the day before the month, as Thai does.
_LOCALES = {"th": babel.Locale.parse("th_TH"), "en": babel.Locale.parse("en_GB")}

_ROW = re.compile(r"row (\d+)(?:, (.+))?", re.DOTALL)
# Written before the consonant that they are spoken after, and by which a dictionary sorts.
_LEADING_VOWEL = re.compile("([เแโใไ])([ก-ฮ])")
_TONE = re.compile("[\u0e47-\u0e4e]")


# One municipality a process: a server, a command, a notebook.
_local = {"zone": BANGKOK}


def local_zone() -> ZoneInfo:
    """Time zone of the town whose record was opened last; Thailand's before any was."""
    return _local["zone"]


def local_day(instant: dt.datetime) -> dt.date:
    """Day on which an instant falls in :func:`local_zone`."""
    return instant.astimezone(local_zone()).date()


def use_time_zone(name: str) -> None:
    """Set the time zone in which days begin and end, by its name in the IANA database; empty for Thailand's."""
    _local["zone"] = ZoneInfo(name or time_zones.BANGKOK)


@contextlib.contextmanager
def in_time_zone(name: str) -> Iterator[None]:
    """Count days in another time zone inside the block."""
    before = local_zone()
    use_time_zone(name)
    try:
        yield
    finally:
        _local["zone"] = before


class Named(Protocol):
    """Anything with a name in both languages."""

    @property
    def th(self) -> str:
        """Thai name."""

    @property
    def en(self) -> str:
        """English name."""


def phrase(english: str) -> str:
    """Mark a phrase for translation where it is written as data."""
    return english


FIELDS: Mapping[str, str] = {
    "text": phrase("What is asked for"),
    "place": phrase("Where it is"),
    "reason": phrase("Reason"),
    "same_as": phrase("Request that asks for the same"),
    "site_code": phrase("Site"),
    "channel": phrase("How it came"),
    "received_on": phrase("Received on"),
    "recorded_by": phrase("Your name or staff number"),
    "saved_by": phrase("Your name or staff number"),
    "note": phrase("Note"),
    "title": phrase("Title"),
    "plan_title": phrase("Title of the plan"),
    "happened_on": phrase("Day"),
    "step": phrase("Step"),
    "site": phrase("Site"),
    "element_id": phrase("Element"),
    "engineer": phrase("Engineer who checked it"),
    "licence": phrase("Number of the licence"),
    "signed_on": phrase("Checked on"),
    "design": phrase("Design"),
    "prices": phrase("Prices"),
    "device_code": phrase("Code of the device"),
    "instrument_id": phrase("Instrument"),
    "uncertainty": phrase("Uncertainty"),
    "valid_until": phrase("Valid until"),
    "wishes": phrase("Wishes and weights"),
    "budget": phrase("Budget (million baht)"),
}
"""Label of a field, by its name in the record, where a problem names it alone."""

_JOINER = "\u2060"
HELD_WORDS: Mapping[str, str] = {"".join(parts): _JOINER.join(parts) for parts in (("ราช", "กิจ", "จา", "นุ", "เบกษา"),)}
"""Thai words that no browser's dictionary knows, with word joiners where it would break a line within them."""


def held(text: str) -> str:
    """Hold the words of :data:`HELD_WORDS` together, in a text for the screen: a file keeps words as they are."""
    for word, joined in HELD_WORDS.items():
        text = text.replace(word, joined)
    return text


@functools.cache
def _catalogue(language: str) -> dict[str, str]:
    phrases: dict[str, str] = {}
    for path in sorted((LOCALE_FOLDER / language).glob("*.po")):
        # Texts of Streamlit itself, replaced in the browser; see chrome_phrases.
        if path.name == "chrome.po":
            continue
        with path.open("rb") as file:
            read: catalog.Catalog = pofile.read_po(file, locale=language)
        for message in read:
            if message.id and message.string:
                # a phrase with plural forms is known by its first one, and Thai has no other
                key = message.id if isinstance(message.id, str) else message.id[0]
                phrases[key] = message.string if isinstance(message.string, str) else message.string[0]
    return phrases


def chrome_phrases(language: str) -> dict[str, str]:
    """Translations of the texts of Streamlit itself, from English to `language`; ``*`` ends a prefix."""
    path = LOCALE_FOLDER / language / "chrome.po"
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in pofile.read_po(file) if message.id}


# Babel takes some 30 µs for a number, and a page shows thousands, most of them again and again.
@functools.lru_cache(maxsize=65_536)
def _written_number(value: float, digits: int | None, language: str) -> str:
    pattern = "#,##0." + "#" * (3 if digits is None else digits) if digits != 0 else "#,##0"
    return numbers.format_decimal(value, format=pattern, locale=_LOCALES[language])


@functools.lru_cache(maxsize=65_536)
def _written_decimal(value: float, digits: int, language: str) -> str:
    return numbers.format_decimal(value, format="#,##0." + "0" * digits, locale=_LOCALES[language])


# babel parses its pattern anew for every day, and a page shows hundreds
@functools.cache
def _month(month: int, language: str) -> str:
    return dates.format_date(dt.date(2000, month, 1), format="MMM", locale=_LOCALES[language])


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, number_kinds.Integral) and not isinstance(value, bool)


# One separator only, Thai letters before it and none after it: a name or an address with a slash is no pair.
_BOTH_LANGUAGES = re.compile("(?P<th>(?=.*[ก-๛])(?:(?! [/·] ).)+) [/·] (?P<en>[^ก-๛]*[A-Za-z][^ก-๛]*)", re.DOTALL)


class Wording:
    """The reader's language; one object a reader.

    Parameters
    ----------
    language
        ``th`` or ``en``; anything else is read as Thai.
    """

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else "th"
        self.locale = _LOCALES[self.language]
        self._phrases = _catalogue(self.language)

    def text(self, english: str, **values: object) -> str:
        """Translate a phrase; an unknown phrase stays English. Whole numbers get the separators of the language.

        Examples
        --------
        >>> Wording("th").text("ramp"), Wording("en").text("{n} of {all}", n=2, all=3_000)
        ('ทางลาด', '2 of 3,000')
        """
        template = self._phrases.get(english, english)
        return template.format(**self._written(values)) if values else template

    def _written(self, values: Mapping[str, object]) -> dict[str, object]:
        written = {name: one.write(self) if isinstance(one, Translated) else one for name, one in values.items()}
        return {name: self.number(one, 0) if _is_whole(one) else one for name, one in written.items()}

    def count(self, one: str, many: str, number: int, **values: object) -> str:
        """Translate a phrase in the plural form for `number`, shown as ``{n}``; Thai has one form, English two."""
        template = self._phrases.get(one) or (one if number == 1 else many)
        return template.format(n=self.number(number), **self._written(values))

    def name(self, named: Named) -> str:
        """Name in the reader's language."""
        return named.th if self.language == "th" else named.en or named.th

    def side(self, written: str) -> str:
        """Pick the reader's half of a note written as "Thai / English" or "Thai · English"; any other stays whole.

        Examples
        --------
        >>> Wording("en").side("ใบรับ 12 · receipt 12"), Wording("en").side("1 / 2")
        ('receipt 12', '1 / 2')
        """
        both = _BOTH_LANGUAGES.fullmatch(written)
        return both[self.language] if both else written

    def number(self, value: float, digits: int | None = None) -> str:
        """Format a number with the separators of the language, at most `digits` decimals (3 when None)."""
        return _written_number(float(value), digits, self.language)

    def decimal(self, value: float, digits: int) -> str:
        """Format a number with exactly `digits` decimals, for figures that stand beside one another.

        Examples
        --------
        >>> Wording("en").decimal(56.04, 1), Wording("en").number(56.04, 1)
        ('56.0', '56')
        """
        return _written_decimal(float(value), digits, self.language)

    def percent(self, share: float) -> str:
        """Format a share of 0 to 1 as a whole percentage."""
        return numbers.format_percent(share, format="#,##0%", locale=self.locale)

    def day(self, day: dt.date) -> str:
        """Format a day; in Thai with the year of the Buddhist era.

        Examples
        --------
        >>> Wording("th").day(dt.date(2026, 3, 2)), Wording("en").day(dt.date(2026, 3, 2))
        ('2 มี.ค. 2569', '2 Mar 2026')
        """
        year = day.year + BUDDHIST_ERA_YEARS if self.language == "th" else day.year
        return f"{day.day} {_month(day.month, self.language)} {year}"

    def instant(self, instant: dt.datetime) -> str:
        """Format an instant as day and time in the town."""
        local = instant.astimezone(local_zone())
        return f"{self.day(local.date())} {local:%H:%M}"

    def problem(self, problem: errors.Problem) -> str:
        """Write a problem as one sentence: where, what is wrong, what to do."""
        # Its numbers quote what was written, such as a year or a code.
        values = {name: str(one) if _is_whole(one) else one for name, one in problem.values.items()}
        sentence = self.text(problem.kind.template, **values)
        # what was left empty has no place to name
        if where := self.place(problem.where):
            sentence = f"{where}: {sentence}"
        # It quotes the input, and JSON may carry half a surrogate pair, which cannot be encoded.
        return sentence.encode("utf-8", "replace").decode()

    def error(self, error: Exception) -> str:
        """Write an error as one sentence; in English where it is of no catalogue."""
        found = getattr(error, "problem", None)
        return self.problem(found) if found is not None else str(error)

    def place(self, where: str) -> str:
        """Translate the place of a problem, such as ``row 3, column``, or the label of a field."""
        if isinstance(where, Translated):
            return where.write(self)
        if where in FIELDS:
            return self.text(FIELDS[where])
        found = _ROW.fullmatch(where)
        if found is None:
            return where
        row, column = found.groups()
        if column:
            return self.text("row {row}, column {column}", row=row, column=column)
        return self.text("row {row}", row=row)


def sort_key(name: str) -> tuple[tuple[str | int, ...], str]:
    """Return by what a name is sorted: Thai as in a dictionary, numbers by their value.

    Examples
    --------
    >>> sorted(["วัด", "แฟรี่", "จุดที่ 10", "เก่า", "จุดที่ 9", "จุดที่", "ขาว"], key=sort_key)
    ['เก่า', 'ขาว', 'จุดที่', 'จุดที่ 9', 'จุดที่ 10', 'แฟรี่', 'วัด']
    """
    spoken = _TONE.sub("", _LEADING_VOWEL.sub(r"\2\1", name.casefold()))
    parts = re.split(r"(\d+)", spoken)
    # text and number take turns, so that like stands against like; the name itself decides between tones
    return tuple(int(part) if part.isdecimal() else part for part in parts), name


def name_of(named: Named) -> Translated:
    """A value of a template that is a name in both languages, such as that of a quantity."""
    return Translated(lambda words: words.name(named))


def translated(english: str) -> Translated:
    """A value of a template that is a phrase."""
    return Translated(lambda words: words.text(english))


class Translated(str):
    """A value of a template that each language writes in its own way; the string itself is the English one.

    Where programs compare it, as they do the place of a problem, the string is its id instead.
    """

    write: Callable[[Wording], str]

    def __new__(cls, write: Callable[[Wording], str], as_id: str | None = None) -> Translated:
        """Make the value from what writes it in a language, and the id that it is compared by if it has one."""
        made = super().__new__(cls, write(Wording("en")) if as_id is None else as_id)
        made.write = write
        return made

    # Without it a copy would be made from the English text instead of from what writes it.
    def __getnewargs__(self) -> tuple[Callable[[Wording], str], str]:  # type: ignore[override]
        return self.write, str(self)
