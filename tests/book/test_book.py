import dataclasses
import datetime as dt
import io
import re

import outloud
import pikepdf
import pytest

from audits import wording
from audits.book import book, book_maps, layout
from audits.reports import contents
from audits.store.audit_log import hash_chain
from tests import spoken
from tests.book import conftest

A_MM = 25.4 / 72


@pytest.fixture(scope="module")
def said(english_book):
    return spoken.pages(english_book)


def page_of(said, code):
    """Return all that the pages of one site say."""
    starts = [number for number, text in enumerate(said) if text.startswith(("KK-", "SP-"))]
    first = next(number for number in starts if said[number].startswith(code))
    after = next((number for number in starts if number > first), len(said))
    return " ".join("\n".join(said[first:after]).split())


def bookmarks(file):
    with pikepdf.open(io.BytesIO(file)) as document, document.open_outline() as outline:
        return [(item.title, [child.title for child in item.children]) for item in outline.root]


@pytest.mark.parametrize("paper", layout.PAPERS)
@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_a_book_has_the_size_of_its_paper_and_no_error_of_accessibility(tmp_path, language, paper, record):
    words = wording.Wording(language)
    known = contents.contents(record, words, options=conftest.OPTIONS, codes=["KK-001", "KK-003", "KK-004"])
    file = tmp_path / "book.pdf"
    file.write_bytes(book.book(known, words, paper=paper, app_address="https://audit.example.go.th"))
    checked = outloud.check(file)
    assert checked.errors == 0, [each for each in checked.findings if each.severity == "error"]
    with pikepdf.open(file) as document:
        sizes = {tuple(round(float(side) * A_MM) for side in page.mediabox[2:]) for page in document.pages}
    assert sizes == {{"A4": (210, 297), "A3": (297, 420)}[paper]}


def test_every_page_of_a_book_with_all_its_parts_has_one_size(thai_book, english_book):
    for file in (thai_book, english_book):
        with pikepdf.open(io.BytesIO(file)) as document:
            assert {tuple(round(float(side) * A_MM) for side in page.mediabox[2:]) for page in document.pages} == {
                (210, 297)
            }


def test_a_paper_that_is_not_known_is_refused(in_thai, thai):
    with pytest.raises(KeyError, match="B5"):
        book.book(in_thai, thai, paper="B5")


def test_the_same_contents_make_the_same_bytes(in_thai, thai, thai_book):
    assert book.book(in_thai, thai) == thai_book


def test_every_site_has_a_page_and_a_bookmark(english_book, said, in_english):
    marked = [title for _, children in bookmarks(english_book) for title in children]
    for row in in_english.sites.itertuples():
        assert any(title.startswith(row.code) for title in marked)
        assert row.name_en in page_of(said, row.code)


def test_every_part_of_the_book_has_a_bookmark(english_book):
    parts = [title for title, _ in bookmarks(english_book)]
    assert parts == ["How to measure", "Overview", "Sites", "Day routes", "Blank sheets"]


def test_a_demonstration_says_so_in_both_languages_on_every_page(thai_book, english_book):
    for file in (thai_book, english_book):
        for page in spoken.pages(file, furniture=True):
            assert "Demonstration data: invented surveys" in " ".join(page.split())
            assert "ข้อมูลสาธิต" in page


def test_a_record_is_not_marked_as_a_demonstration(record, english):
    known = contents.contents(
        dataclasses.replace(record, demonstration=False), english, options=conftest.OPTIONS, codes=["KK-001"]
    )
    assert "invented" not in " ".join(spoken.pages(book.book(known, english), furniture=True))


def test_the_cover_says_what_the_book_rests_on(said):
    cover = " ".join(said[0].split())
    for part in (
        "Khon Kaen City Municipality",
        "Map book for measuring",
        "7 of the register's 7 sites",
        "5 Mar 2026",
        f"7:{'0a1b2c3d' * 8}",
        "3 of 7 ramp sites and public spaces surveyed",
        "by each permit date",
        "not yet checked against the Royal Gazette",
    ):
        assert part in cover


def test_every_page_names_the_head_as_its_check_wants_it(english):
    frame = layout.frame(
        english, layout.PAPERS[layout.A4], title="Book", made_on=dt.date(2026, 3, 5), head=conftest.HEAD
    )
    assert frame["edge"].endswith(hash_chain.parse(conftest.HEAD).short)


def test_the_cover_says_which_part_of_the_register_it_is(record, english):
    some = contents.contents(record, english, options=conftest.OPTIONS, codes=["KK-001", "SP-001"])
    assert book.selection_text(some, english) == "2 of the register's 7 sites · ramp site: 1, public space: 1 · zones 2"


def test_what_a_person_wrote_is_no_markup(said):
    assert " ".join(conftest.HOSTILE.split()) in page_of(said, "KK-003")


def test_a_page_says_what_to_measure_before_what_is_known(said):
    page = page_of(said, "KK-001")
    assert 0 < page.index("Measure next") < page.index("Photos") < page.index("What we know")


def test_what_fails_is_listed_first_with_its_word_measured_limit_and_clause(said, record):
    page = page_of(said, "KK-001")
    known = page[page.index("What we know") :]
    assert known.index("fail") < known.index("pass")
    assert "12 % (1:8.33) ± 0.2" in known
    assert "≤ 8.33 % (1:12)" in known
    assert "by analogy" in known or "law" in known


def test_a_failure_asks_for_its_photograph(said):
    assert "What fails: Running slope" in page_of(said, "KK-001")


def test_a_site_that_nobody_surveyed_says_so(said):
    assert "Nobody has surveyed this site yet." in page_of(said, "KK-003")
    assert "Nobody has surveyed this site yet." not in page_of(said, "KK-001")


def test_at_most_six_suggestions_stand_on_a_page_and_each_has_its_boxes(said):
    page = page_of(said, "KK-003")
    assert page.count("could not measure, because") == 6 + page.count("could not measure, because: x1")


def test_a_site_without_a_place_is_sketched_and_has_no_code_for_a_map_app(said, english_book):
    page = page_of(said, "KK-004")
    assert "No position is recorded: sketch the way here" in page
    assert "Map: KK-004" not in page
    assert not any("opens the place of KK-004" in alt for alt in spoken.alternatives(english_book))


def test_a_site_without_a_place_is_in_no_route_and_named_there(said):
    assert any("Sites without a position, in no route" in page and "KK-004" in page for page in said)


def test_the_application_has_its_code_only_where_it_has_an_address(english_book, thai_book):
    assert "Square code that opens the page of KK-001" in spoken.alternatives(english_book)
    assert not any("หน้าของ KK-001" in alt for alt in spoken.alternatives(thai_book))


def test_the_code_that_opens_a_place_says_its_site(english_book):
    assert "Square code that opens the place of KK-001 in a map app" in spoken.alternatives(english_book)


def test_the_index_names_page_and_square_of_the_overview(said, in_english, english):
    index = next(page for page in said if page.startswith("Sites"))
    line = next(line for line in " ".join(index.split()).split("KK-")[1:] if line.startswith("001"))
    square, number = re.search(r"([A-Z]\d+)\s*fail\s*(\d+)", line).groups()
    assert said[int(number) - 1].startswith("KK-001")
    atlas = book_maps.atlas(in_english, layout.PAPERS["A4"], english)
    assert square == atlas.area(list(atlas.marked.index), "")[1]["KK-001"]


def test_every_drawing_of_measuring_has_its_words(english_book):
    told = spoken.alternatives(english_book)
    assert any(alt.startswith("A level lies on the sloping surface") for alt in told)
    assert all(len(alt) > 20 for alt in told)


def test_what_the_pages_ask_is_explained_with_its_instrument(said):
    explained = " ".join(" ".join(said).split())
    assert "Digital level ± 0.2 %" in explained
    assert "Lay the digital level along the way" in explained


def test_days_say_what_to_bring_and_in_which_order(said):
    days = " ".join(" ".join(page for page in said if "Day 1" in page).split())
    assert "Tape measure" in days
    assert "stops · about" in days
    assert "by car" in days


def test_days_may_go_on_foot(in_english, english):
    said = " ".join(spoken.pages(book.book(in_english, english, walking=True)))
    assert "on foot at 4 km/h" in " ".join(said.split())


def test_a_book_of_places_without_positions_has_no_overview(record, english):
    lost = contents.contents(record, english, options=conftest.OPTIONS, codes=["KK-004"])
    said = spoken.pages(book.book(lost, english))
    assert page_of(said, "KK-004")


def test_blank_sheets_close_the_book_for_the_kinds_it_holds(said):
    assert any(page.startswith("Blank sheets") for page in said)
    assert any("Place (name, street, coordinates)" in page for page in said)
