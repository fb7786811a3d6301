"""The drawing is true to scale, says in tables what it shows, and is a draft until an engineer has signed it."""

import collections
import dataclasses
import datetime as dt
import functools
import hashlib
import io
import itertools
import json
import math
import os
import re
import subprocess
import sys
import warnings
from collections import Counter

import ezdxf
import geopandas
import outloud
import pikepdf
import pytest
import shapely
from ezdxf import bbox

from audits import errors, wording
from audits.ramps import bevel, design_record, geometry, kerb_ramp_design, quantities, ramp_design, requirements, walls
from audits.ramps.drawing import (
    clear_text,
    described,
    drawing,
    drawing_number,
    elevation,
    key_plan,
    north,
    plan_view,
    section,
    sheet,
    views,
)
from layers import paper_text
from tests import spoken

DAY = dt.date(2026, 3, 5)
MADE, WORKS = requirements.Construction(), quantities.Works()
TITLE = {"th": "KK-001 ทางลาดหน้าที่ทำการเทศบาล ปั๊มน้ำ", "en": "KK-001 Ramp at City Hall"}
SPACES = {
    "straight": geometry.Space(450, 12000, 2000),
    "short": geometry.Space(100, 5000, 2000),
    "by_a_wall": geometry.Space(900, 9500, 4500, obstacle_left=True),
    "around_a_corner": geometry.Space(900, 14000, 6000),
    "l_shape": geometry.Space(700, 9000, 9000, obstacle_left=True, approach="front", exit="right"),
    "high": geometry.Space(2400, 12000, 12000),
    "long": geometry.Space(2000, 45000, 2000),
    "passage": geometry.Space(641, 14000, 1740, obstacle_left=True, obstacle_right=True),
    "many_legs": geometry.Space(3600, 16000, 8000),
    "leaning": geometry.Space(600, 14000, 2000, obstacle_right=True),
    "bevel": geometry.Space(20, 3000, 2000),
    "flared": geometry.KerbSpace(150, 9000, 4000),
    "along_the_kerb": geometry.KerbSpace(150, 9000, 2000),
}
MM_PER_POINT = 25.4 / 72


@pytest.fixture(scope="module", name="subject")
def _subject(book):
    @functools.cache
    def made(name, language="en", **changes):
        space = SPACES[name]
        if isinstance(space, geometry.KerbSpace):
            design = kerb_ramp_design.alternatives(space, requirements.kerb_ramp(book), MADE)[0]
        else:
            wanted = bevel if space.rise_mm <= requirements.threshold_mm(book) else ramp_design
            design = wanted.alternatives(space, requirements.ramp(book), MADE)[0]
        return drawing.Subject(design, MADE, WORKS, TITLE[language], DAY, **{"place": "KK-001.ramp.1"} | changes)

    return made


@pytest.fixture(scope="module", name="printed")
def _printed(subject):
    """Print a subject, once for all tests that read it."""
    return functools.cache(lambda name, language="en": drawing.pdf(subject(name, language), wording.Wording(language)))


@pytest.fixture(scope="module", name="straight")
def _straight(printed):
    return printed("straight")


@pytest.fixture(scope="module", name="modelled")
def _modelled(subject):
    """Write the model of a subject, once for all tests that read it."""
    return functools.cache(lambda name, language="en": drawing.dxf(subject(name, language), wording.Wording(language)))


@pytest.fixture(scope="module", name="cad")
def _cad(modelled):
    return modelled("by_a_wall")


def sheets(subject, words):
    return arranged(subject.design, words.language)


@functools.cache
def arranged(design, language):
    """Return the sheets of a design, arranged once for all tests that look at them."""
    return sheet.arrange(design, MADE, WORKS, wording.Wording(language))


def placed(subject, words):
    return [each for one in sheets(subject, words) for each in one]


def outlines_mm(file, page=0):
    """Return width and height on paper of every path of a page, as the format says to draw it."""
    with pikepdf.open(io.BytesIO(file)) as document:
        return list(_paths(document.pages[page].obj, pikepdf.Matrix()))


def _paths(container, matrix):
    saved, points = [], []
    resources = container.Resources if "/Resources" in container else pikepdf.Dictionary()
    for operands, operator in pikepdf.parse_content_stream(container):
        name = str(operator)
        if name == "q":
            saved.append(matrix)
        elif name == "Q":
            matrix = saved.pop()
        elif name == "cm":
            matrix = pikepdf.Matrix(*(float(each) for each in operands)) @ matrix
        elif name in ("m", "l"):
            points.append(matrix.transform((float(operands[0]), float(operands[1]))))
        elif name in ("f", "S", "B", "n", "f*", "B*"):
            if points:
                xs, ys = zip(*points, strict=True)
                yield (max(xs) - min(xs)) * MM_PER_POINT, (max(ys) - min(ys)) * MM_PER_POINT
            points = []
        elif name == "Do" and resources.XObject[str(operands[0])].Subtype == "/Form":
            yield from _paths(resources.XObject[str(operands[0])], matrix)


def drawn(outlines, width, height):
    return any(abs(w - width) < 0.02 and abs(h - height) < 0.02 for w, h in outlines)


def together(texts):
    """Return texts without the spaces and line ends that the typesetter may set elsewhere."""
    return "".join("".join(texts).split())


def test_the_paper_is_a3_and_a_known_length_measures_true_on_it(straight, subject):
    run = subject("straight").design.runs[0]
    assert (run.going_mm, run.clear_width_mm + run.left_zone_mm + run.right_zone_mm) == (5400, 1200)
    with pikepdf.open(io.BytesIO(straight)) as document:
        _, _, width, height = (float(each) * MM_PER_POINT for each in document.pages[0].mediabox)
    assert (width, height) == (pytest.approx(420, abs=0.1), pytest.approx(297, abs=0.1))
    outlines = outlines_mm(straight)
    assert drawn(outlines, 5400 / 50, 1200 / 50)
    assert not drawn(outlines, 5400 / 49, 1200 / 49)


def test_the_section_measures_true_at_its_own_scale(straight, subject, english):
    views_of = [[each.view.title for each in one] for one in sheets(subject("straight"), english)]
    page = next(number for number, titles in enumerate(views_of) if "Section A–A" in titles)
    assert drawn(outlines_mm(straight, page), 1200 / 20, MADE.slab_thickness_mm / 20)


@pytest.mark.parametrize("language", wording.LANGUAGES)
@pytest.mark.parametrize("name", ["straight", "high", "along_the_kerb"])
def test_the_drawing_has_no_error_of_accessibility(printed, name, language, tmp_path):
    file = tmp_path / "drawing.pdf"
    file.write_bytes(printed(name, language))
    assert outloud.check(file).errors == 0


def test_the_handrail_ends_in_the_elevation_where_it_ends_in_the_bill(subject, english):
    design = subject("straight").design
    (view,) = elevation.view_rows(design, MADE, WORKS, english, 50, 400)
    (rail,) = [stroke for stroke in view.strokes if stroke.layer == "handrail"]
    shown = sum(math.dist(*pair) for pair in itertools.pairwise(rail.points))
    assert shown == pytest.approx(design.handrails[0].length_mm)


def test_the_elevation_names_the_walls_where_their_heights_change(subject, english):
    design = subject("high").design
    rows = elevation.view_rows(design, MADE, WORKS, english, 100, 1_000)
    named = [label.words for row in rows for label in row.labels if label.words.startswith(("Wall", "Structure"))]
    assert named == ["Wall W1", "Wall W2", "Structure to be designed by an engineer"]


@pytest.mark.parametrize(("bearing", "ahead"), [(0, (1, 0)), (90, (0, 1)), (180, (-1, 0)), (270, (0, -1))])
def test_north_lies_where_the_bearing_of_the_length_puts_it(subject, english, bearing, ahead):
    """Looking east along the length, north is on the left of it: up the sheet."""
    shown = plan_view.view(subject("straight").design, english, 50)
    needle = next(
        stroke.points
        for stroke in north.added(shown, bearing, english, 392).strokes[len(shown.strokes) :]
        if len(stroke.points) == 2
    )
    (x, y), (to_x, to_y) = needle
    long = math.dist(*needle)
    assert ((to_x - x) / long, (to_y - y) / long) == pytest.approx(ahead, abs=1e-9)


def test_nobody_invents_where_north_lies(subject, english):
    shown = plan_view.view(subject("straight").design, english, 50)
    bare = north.added(shown, None, english, 392)
    assert {len(stroke.points) for stroke in bare.strokes[len(shown.strokes) :]} == {16}
    assert "N: measure on site" in [label.words for label in bare.labels]


def test_details_are_numbered_as_they_stand_and_sections_draw_the_lean_concrete(subject, english):
    every = placed(subject("by_a_wall"), english)
    numbers = [each.view.title.partition(":")[0] for each in every if each.view.title.startswith("Detail")]
    assert numbers == [f"Detail {number}" for number in range(1, len(numbers) + 1)]
    for each in every:
        if each.view.title.startswith("Section") and any(stroke.layer == "wall" for stroke in each.view.strokes):
            thick = {
                round(max(z for _, z in stroke.points) - min(z for _, z in stroke.points))
                for stroke in each.view.strokes
                if stroke.layer == "lean"
            }
            assert thick == {WORKS.lean_concrete_mm}


def test_the_figure_says_what_it_shows(straight, subject, english):
    alternative = " ".join(spoken.alternatives(straight))
    for part in ("Straight ramp", "450 mm up at 1:12", "900 mm clear", "Plan · Scale 1:50", "Section A–A · Scale 1:20"):
        assert part in alternative
    assert described.summary(subject("straight").design, english) in alternative


@pytest.mark.parametrize("name", ["straight", "by_a_wall", "high", "flared"])
def test_every_dimension_drawn_stands_in_a_table(subject, printed, english, name):
    asked = subject(name)
    said = together(spoken.pages(printed(name))[len(sheets(asked, english)) :])
    for each in placed(asked, english):
        for dimension in each.view.dimensions:
            assert together([dimension.name, str(dimension.value_mm)]) in said
    tables = described.tables(
        asked.design,
        [each.view for each in placed(asked, english)],
        quantities.bill(asked.design, MADE, WORKS),
        english,
    )
    rows = {tuple(row) for row in tables[2]["rows"]}
    shown = {
        (each.view.title, dimension.name, str(dimension.value_mm))
        for each in placed(asked, english)
        for dimension in each.view.dimensions
    }
    assert rows == shown


def test_levels_and_slopes_that_are_drawn_stand_in_a_table(subject, printed):
    asked = subject("high")
    said = " ".join(spoken.pages(printed("high"))).replace("\u00a0", " ")
    for landing in asked.design.landings:
        assert views.level_text(landing.height_mm) in said
    assert said.count("1:12 (8.33%)") == len(asked.design.runs)


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_it_is_a_draft_on_every_page_and_in_the_model_until_it_is_signed_off(subject, printed, modelled, language):
    words = wording.Wording(language)
    draft, advice = words.text(drawing.DRAFT), words.text(drawing.ADVICE)
    pages = spoken.pages(printed("straight", language), furniture=True)
    assert all(draft in " ".join(page.split()) for page in pages)
    assert together([advice]) in together(pages[:1])
    signed = drawing.SignedOff("สมชาย ใจดี", "สย. 12345", DAY)
    checked = subject("straight", language, signed_off=signed)
    pages = [" ".join(page.split()) for page in spoken.pages(drawing.pdf(checked, words), furniture=True)]
    assert all(draft not in page and "สย. 12345" in page for page in pages)
    assert draft in written(modelled("straight", language)).texts
    assert draft not in written(drawing.dxf(checked, words)).texts


def test_notes_stand_below_the_tables(subject, english):
    asked = subject("straight", notes=("Surface to be checked on site",))
    assert "Surface to be checked on site" in spoken.pages(drawing.pdf(asked, english))[-1]


def test_thai_is_drawn_as_outlines_and_read_back_whole(subject, printed, thai):
    asked = subject("straight", "th")
    assert "<text" not in sheet.drawing(sheets(asked, thai)[0], thai)
    assert TITLE["th"] in " ".join(spoken.pages(printed("straight", "th"))[0].split())


def test_the_same_subject_makes_the_same_bytes(straight, cad, subject, english):
    assert drawing.pdf(subject("straight"), english) == straight
    assert drawing.dxf(subject("by_a_wall"), english) == cad


def test_another_process_makes_the_same_bytes(straight, cad):
    made = """
import datetime as dt, hashlib
from audits import wording
from audits.rules import files as criteria_files
from audits.ramps.drawing import drawing as ramp_drawing
from audits.ramps import quantities, ramp_design, geometry, requirements
book, made, words = criteria_files.load_criteria(), requirements.Construction(), wording.Wording("en")
for write, space in (
    (ramp_drawing.pdf, geometry.Space(450, 12000, 2000)),
    (ramp_drawing.dxf, geometry.Space(900, 9500, 4500, obstacle_left=True)),
):
    design = ramp_design.alternatives(space, requirements.ramp(book), made)[0]
    about = "KK-001 Ramp at City Hall", dt.date(2026, 3, 5)
    subject = ramp_drawing.Subject(design, made, quantities.Works(), *about, place="KK-001.ramp.1")
    print(hashlib.sha256(write(subject, words)).hexdigest())
"""
    run = subprocess.run(
        [sys.executable, "-c", made],
        env={**os.environ, "PYTHONHASHSEED": "17"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == [hashlib.sha256(each).hexdigest() for each in (straight, cad)]


@pytest.mark.parametrize("name", SPACES)
@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_views_lie_on_the_sheet_and_not_on_one_another(subject, name, language):
    words = wording.Wording(language)
    for one in sheets(subject(name), words):
        blocks = []
        for each in one:
            width, height = each.size_mm
            width = max(width, paper_text.width_mm(sheet.title(each.view, words), views.TITLE_MM, paper_text.BOLD))
            blocks.append((each.left_mm, each.top_mm, each.left_mm + width, each.top_mm + height + sheet.TITLE_ROOM_MM))
        for left, top, right, bottom in blocks:
            assert 0 <= left < right <= sheet.WIDTH_MM
            assert 0 <= top < bottom <= sheet.HEIGHT_MM + 1e-6
        for number, a in enumerate(blocks):
            for b in blocks[number + 1 :]:
                assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] + 1e-6 or b[3] <= a[1] + 1e-6


@pytest.mark.parametrize("name", SPACES)
@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_no_text_touches_a_line_or_another_text(subject, printed, name, language):
    """In the views as drawn, and among the words of the tables and title blocks in the file.

    Every detail is called out on the plan.
    """
    every = [each.view for each in placed(subject(name), wording.Wording(language))]
    for view in every:
        assert clear_text.crossed(view) == []
    called = [label.words for label in every[0].labels if label.layer == "callout"]
    detailed = [view for view in every if re.match("Detail|แบบขยาย", view.title)]
    assert sorted(called) == [str(number) for number in range(1, len(detailed) + 1)]
    for page in spoken.boxes(printed(name, language)):
        assert page
        assert overprinted(page) == []


def overprinted(found):
    """Return the pairs of texts whose middles lie in one another's boxes."""
    boxes = [
        (word[0], word[1] + 0.3 * (word[3] - word[1]), word[2], word[3] - 0.3 * (word[3] - word[1])) for word in found
    ]
    return [
        (found[i][4], found[j][4])
        for i, j in itertools.combinations(range(len(found)), 2)
        if boxes[i][0] + 0.5 < boxes[j][2]
        and boxes[j][0] + 0.5 < boxes[i][2]
        and boxes[i][1] < boxes[j][3]
        and boxes[j][1] < boxes[i][3]
    ]


def test_a_text_on_a_line_and_one_on_another_are_seen():
    line = views.Stroke("slab", ((0, 0), (1000, 0)))
    crossing = views.View("", 10, (line,), (views.Label("over", (500, -5)), views.Label("over", (500, -5))), ())
    assert len(clear_text.crossed(crossing)) == 3
    cleared = clear_text.view("", 10, [line], crossing.labels, [])
    assert clear_text.crossed(cleared) == []
    assert cleared.labels[0].at != cleared.labels[1].at
    assert overprinted([(0, 0, 10, 10, "a"), (5, 2, 15, 12, "b"), (16, 2, 20, 12, "c")]) == [("a", "b")]


def test_sections_are_cut_lowest_highest_and_where_each_lighter_wall_ends(subject):
    heights = {name: [round(one.floor) for one in section.stations(subject(name).design)] for name in SPACES}
    assert heights["straight"] == [45, 450]
    assert heights["by_a_wall"][1:] == [450, 900]
    assert heights["high"][1:] == [450, 900, 2400]
    assert heights["flared"] == []


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_what_an_engineer_must_design_stands_in_red_on_every_sheet_and_in_the_model(
    subject, printed, modelled, language
):
    words = wording.Wording(language)
    warning = walls.warning(subject("high").design, words)
    pages = spoken.pages(printed("high", language))[: len(sheets(subject("high"), words)) + 1]
    assert warning
    assert all(together([warning]) in together([page]) for page in pages)
    assert warning in written(modelled("high", language)).texts
    labels = [label for each in placed(subject("high"), words) for label in each.view.labels]
    texts = {label.words for label in labels if label.layer == "warning"}
    assert words.text("Structure to be designed by an engineer") in texts


def test_room_that_nobody_measured_has_no_border_and_does_not_shrink_the_plan(book, english):
    most = ramp_design.MOST_MM
    for space in (geometry.Space(641, most, most), geometry.Space(450, most, 2000, True, True)):
        design = ramp_design.for_space(space, book, MADE)[0]
        (plan, *_) = sheet.arrange(design, MADE, WORKS, english)[0]
        assert plan.view.scale <= 75
        assert not any(stroke.layer == "space" for stroke in plan.view.strokes)


def test_a_space_much_larger_than_the_ramp_is_drawn_in_part_and_does_not_shrink_the_plan(book, english):
    space = geometry.Space(450, 30_000, 12_000, obstacle_right=True)
    (plan, *_) = sheet.arrange(ramp_design.for_space(space, book, MADE)[0], MADE, WORKS, english)[0]
    assert plan.view.scale == 50
    assert "Free space 30,000 × 12,000 mm, part of it shown" in {label.words for label in plan.view.labels}
    assert clear_text.crossed(plan.view) == []
    whole = plan_view.view(ramp_design.for_space(SPACES["straight"], book, MADE)[0], english, 50)
    assert not any(label.words.startswith("Free space") for label in whole.labels)


def test_a_ramp_at_a_kerb_assumes_nothing_of_walls_and_rails(subject, english):
    assumed = {
        name: described.assumptions_of(subject(name).design, MADE, WORKS, english) for name in ("flared", "high")
    }
    left_out = " ".join(set(assumed["high"]) - set(assumed["flared"]))
    assert set(assumed["flared"]) < set(assumed["high"])
    assert all(word in left_out for word in ("guard", "Posts", "Lean concrete", "Depth of walls", "Pipe"))


def test_details_and_reinforcement_are_drawn_and_marked_typical(subject, english):
    titles = [each.view.title for each in placed(subject("straight"), english)]
    details = ["guard and handrail", "bay of the guard", "tactile strip", "joint", "reinforcement, wall W1"]
    assert sorted(title.partition(": ")[2] for title in titles if title.startswith("Detail")) == sorted(details)
    titles = [each.view.title for each in placed(subject("passage"), english)]
    details = ["handrail on the wall", "tactile strip", "joint"]
    assert sorted(title.partition(": ")[2] for title in titles if title.startswith("Detail")) == sorted(details)
    texts = {label.words: label.layer for each in placed(subject("straight"), english) for label in each.view.labels}
    assert texts["Typical, to be checked by the engineer"] == "warning"


def test_a_standing_ramp_is_hatched_and_a_key_plan_shows_the_streets(subject, english):
    streets = geopandas.GeoDataFrame(
        {"name_th": ["ถนนหนึ่ง"], "name_en": ["First Road"]},
        geometry=[shapely.LineString([(102.83, 16.4295), (102.84, 16.4305)])],
        crs="EPSG:4326",
    )
    key = key_plan.view(streets, (102.835, 16.43), "KK-001", english)
    assert clear_text.crossed(key) == []
    assert {"First Road", "N", "KK-001"} <= {label.words for label in key.labels}
    asked = subject("straight", standing_mm=(3000.0, 1200.0), key_plan=key)
    found = sheet.arrange(asked.design, MADE, WORKS, english, sheet.Surroundings(key, asked.standing_mm))
    every = [each.view for one in found for each in one]
    assert key in every
    assert any(stroke.layer == "demolition" for stroke in every[0].strokes)
    assert all(clear_text.crossed(view) == [] for view in every)
    assert drawing.pdf(asked, english)[:4] == b"%PDF"


def test_every_sheet_has_its_number_and_the_first_revision(printed):
    pages = spoken.pages(printed("straight"), furniture=True)
    for number, page in enumerate(pages, start=1):
        assert all(part in page for part in ("KK-001-R1-", f"{number} / {len(pages)}", "First issue", "Approved by"))


def test_a_number_holds_the_site_or_else_the_day_and_is_that_of_one_drawing(subject, english):
    plain = subject("straight")
    marked = dataclasses.replace(plain, title="Demonstration data: KK-001")
    assert plain.drawing_number == marked.drawing_number
    assert plain.drawing_number.startswith("KK-001-R1-")
    changed = dataclasses.replace(plain, works=quantities.Works(bed_mm=1.0))
    others = [subject("l_shape"), subject("flared"), changed, subject("straight", place="KK-001")]
    assert len({plain.drawing_number, *(one.drawing_number for one in others)}) == 5
    for place, begun in (("KK.012.ramp.2", "KK.012-R2-"), ("KK.012", "KK.012-R-"), ("KK-012", "KK-012-R-")):
        assert dataclasses.replace(plain, place=place).drawing_number.startswith(begun)
    anywhere = dataclasses.replace(plain, place="", title="Straight ramp")
    number = anywhere.drawing_number
    assert re.fullmatch(rf"{DAY:%Y%m%d}-R-[0-9A-F]{{6}}", number)
    assert number == dataclasses.replace(anywhere, notes=("Another note",)).drawing_number
    signed = dataclasses.replace(anywhere, signed_off=drawing.SignedOff("Malee", "1", DAY))
    assert number == signed.drawing_number
    assert number != dataclasses.replace(anywhere, made_on=DAY + dt.timedelta(days=1)).drawing_number
    assert number in spoken.pages(drawing.pdf(anywhere, english), furniture=True)[0]
    layout = written(drawing.dxf(anywhere, english)).document.layouts.get("A3-1")
    assert number in {each.dxf.text for each in layout.query("TEXT")}


def test_a_kept_design_has_the_number_of_its_drawing(subject):
    plain = subject("straight")
    drawn = design_record.drawn(plain.design, plain.made, plain.works)
    read_back = json.loads(json.dumps(drawn | {"cost_thb": "1"}))
    assert drawing_number.number(read_back, "KK-001.ramp.1", DAY) == plain.drawing_number


def test_the_kind_of_a_ramp_is_said_once(subject, english):
    plain = subject("straight")
    assert plain.family(english) == "Straight ramp"
    for title in ("Straight ramp", "Demonstration data: Straight ramp"):
        assert dataclasses.replace(plain, title=title).family(english) == ""


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_no_sheet_of_several_is_left_half_empty_and_sections_in_a_row_stand_in_order(subject, language):
    for name in SPACES:
        every = arranged(subject(name).design, language)
        assert len(every) == 1 or min(map(sheet.filled, every)) > 0.3, name
        for one in every:
            cut = [(round(each.top_mm + each.size_mm[1]), each.view.title) for each in one if "–" in each.view.title]
            assert cut == sorted(cut), name


def test_the_scale_is_the_largest_at_which_the_views_fit(subject, english, monkeypatch):
    scales = {name: placed(subject(name), english)[0].view.scale for name in SPACES}
    assert scales["straight"] == scales["by_a_wall"] == 50
    assert scales["flared"] < 50 < scales["long"]
    monkeypatch.setattr(sheet, "SCALES", (20,))
    with pytest.raises(errors.JaideeError, match="fits no scale"):
        sheet.arrange(subject("long").design, MADE, WORKS, english)


def test_a_long_way_is_unfolded_in_rows_that_go_on_where_the_one_before_ended(subject, english):
    asked = subject("many_legs")
    rows = [each.view for each in placed(asked, english) if each.view.title.startswith("Unfolded")]
    assert len(rows) > 1
    names = [dimension.name for view in rows for dimension in view.dimensions if dimension.axis == views.HORIZONTAL]
    assert len(names) == len(set(names)) == len(asked.design.runs) + len(asked.design.landings)


Written = collections.namedtuple("Written", "document texts")


def written(file):
    document = ezdxf.read(io.StringIO(file.decode("utf-8")))
    return Written(document, [text.dxf.text for text in document.modelspace().query("TEXT")])


@pytest.mark.parametrize(("name", "language"), [*((name, "en") for name in SPACES), ("high", "th"), ("flared", "th")])
def test_the_dxf_passes_the_audit_of_its_library(modelled, name, language):
    document, _ = written(modelled(name, language))
    audited = document.audit()
    assert (audited.errors, audited.fixes) == ([], [])
    assert document.dxfversion == "AC1032"
    assert document.units == ezdxf.units.M


def test_the_model_is_in_metres_and_every_layer_names_its_discipline(cad, subject):
    document, _ = written(cad)
    design = subject("by_a_wall").design
    slabs = [line for line in document.modelspace().query("LWPOLYLINE") if line.dxf.layer == "S-SLAB"]
    sizes = [
        tuple(round(max(each) - min(each), 3) for each in zip(*(point[:2] for point in line.get_points()), strict=True))
        for line in slabs
    ]
    run = design.runs[0]
    assert (run.going_mm / 1000, (run.clear_width_mm + run.left_zone_mm + run.right_zone_mm) / 1000) in sizes
    used = {entity.dxf.layer for entity in document.modelspace()}
    assert all(re.match("[ASCG]-", layer) for layer in used)
    assert {"S-SLAB", "S-WALL", "A-HANDRAIL", "A-TACTILE", "C-GROUND", "G-DIMENSION", "G-TEXT", "G-TITLE"} <= used


def test_another_reader_of_dxf_finds_the_same_layers_texts_and_extent(cad, tmp_path):
    """GDAL has a reader of its own; CAD programs open the model where the header says that the drawing is.

    GDAL goes by the code page. Where its iconv does not know that of UTF-8 it warns, and leaves the text as it is.
    """
    file = tmp_path / "design.dxf"
    file.write_bytes(cad)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Recode from CP65001", RuntimeWarning)
        read = geopandas.read_file(file)
    document, _ = written(cad)
    assert set(read["Layer"]) >= {entity.dxf.layer for entity in document.modelspace()}
    texts = {entity.dxf.text for entity in document.modelspace().query("TEXT")}
    assert texts <= set(read["Text"].dropna())
    (low_x, low_y, _), (high_x, high_y, _) = document.header["$EXTMIN"], document.header["$EXTMAX"]
    left, bottom, right, top = read[read["Layer"] == "S-SLAB"].total_bounds
    assert low_x <= left < right <= high_x
    assert low_y <= bottom < top <= high_y
    assert high_x - low_x < 3 * (right - left)


@pytest.mark.parametrize("name", ["leaning", "passage", "bevel", "flared"])
@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_another_reader_of_dxf_finds_every_line_text_and_figure_where_it_was_drawn(modelled, name, language, tmp_path):
    file = tmp_path / "design.dxf"
    file.write_bytes(modelled(name, language))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Recode from CP65001", RuntimeWarning)
        read = geopandas.read_file(file)
    document = ezdxf.readfile(file)
    theirs = Counter(
        (layer, kind.rsplit(":", 1)[-1]) for layer, kind in zip(read["Layer"], read["SubClasses"], strict=True)
    )
    model = document.modelspace()
    for kind, named in (("LWPOLYLINE", "AcDbPolyline"), ("HATCH", "AcDbHatch")):
        for layer, number in Counter(each.dxf.layer for each in model.query(kind)).items():
            # Arrows of dimensions and the frames of the layouts come on top.
            assert theirs[layer, named] >= number
    figures = read.loc[read["Layer"] == "G-DIMENSION", "Text"].dropna()
    assert Counter(figures) == Counter(str(round(each.get_measurement() * 1000)) for each in model.query("DIMENSION"))
    places = {
        (text, round(at.x, 3), round(at.y, 3)) for text, at in zip(read["Text"], read.geometry.centroid, strict=True)
    }
    for each in model.query("TEXT"):
        at = each.get_placement()[1]
        assert (each.dxf.text, round(at.x, 3), round(at.y, 3)) in places


@pytest.fixture(scope="module", name="with_streets")
def _with_streets(subject, english):
    """Return a subject with a key plan, and its model."""
    road = shapely.LineString([(102.83, 16.4295), (102.84, 16.4305)])
    streets = geopandas.GeoDataFrame(
        {"name_th": ["ถนนหนึ่ง"], "name_en": ["First Road"]}, geometry=[road], crs="EPSG:4326"
    )
    asked = subject("around_a_corner", key_plan=key_plan.view(streets, (102.835, 16.43), "KK-001", english))
    return asked, drawing.dxf(asked, english)


def test_the_model_is_the_ramp_alone_and_the_key_plan_stands_on_its_sheet(with_streets, tmp_path):
    asked, file = with_streets
    document, texts = written(file)
    assert "First Road" not in texts
    low, high = document.header["$EXTMIN"], document.header["$EXTMAX"]
    assert high[0] - low[0] < 2 * asked.design.length_mm / 1000
    assert high[1] - low[1] < 2 * asked.design.length_mm / 1000
    keys = [each for name in document.layouts.names()[1:] for each in document.layouts.get(name).query("INSERT")]
    (key,) = (each for each in keys if each.dxf.name == "KEY-PLAN")
    assert 1000 / key.dxf.xscale == key_plan.SCALE
    assert "First Road" in {each.dxf.text for each in document.blocks.get("KEY-PLAN").query("TEXT")}
    audited = document.audit()
    assert (audited.errors, audited.fixes) == ([], [])
    path = tmp_path / "design.dxf"
    path.write_bytes(file)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Recode from CP65001", RuntimeWarning)
        read = geopandas.read_file(path)
    assert "First Road" in set(read["Text"].dropna())


@pytest.mark.parametrize("name", ["around_a_corner", "leaning", "many_legs", "flared"])
def test_the_views_stand_side_by_side_in_the_model_each_a_group_in_its_true_size(modelled, subject, english, name):
    document, _ = written(modelled(name))
    groups, model = dict(document.groups), document.modelspace()
    every = placed(subject(name), english)
    assert sorted(group.dxf.description for _, group in groups.items()) == sorted(
        sheet.title(each.view, english) for each in every
    )
    boxes = []
    for group in groups.values():
        drawn = [each for each in group if each.dxftype() in ("LWPOLYLINE", "HATCH", "DIMENSION")]
        box = bbox.extents(drawn)
        boxes.append(shapely.box(*box.extmin.vec2, *box.extmax.vec2))
    assert not any(one.intersects(other) for one, other in itertools.combinations(boxes, 2))
    grouped = {each.dxf.handle for group in groups.values() for each in group}
    alone = [each for each in model if each.dxf.handle not in grouped]
    assert {each.dxftype() for each in alone} == {"TEXT"}
    design = subject(name).design
    low, high = document.header["$EXTMIN"], document.header["$EXTMAX"]
    assert all(low[0] - 0.02 <= box.bounds[0] < box.bounds[2] <= high[0] + 0.02 for box in boxes)
    assert high[0] - low[0] >= min(design.length_mm, design.width_mm) / 1000


def test_the_header_of_the_dxf_measures_the_model_in_metres_for_readers_that_go_by_it(cad):
    """LibreCAD takes sizes and factor of dimensions from the header, and "zoom all" goes to the limits."""
    document, _ = written(cad)
    header, (style, *_) = document.header, {each.dxf.dimstyle for each in document.modelspace().query("DIMENSION")}
    assert (header["$DIMLFAC"], header["$DIMDEC"], header["$INSUNITS"]) == (1000, 0, 6)
    assert header["$DIMTXT"] < 1 < document.dimstyles.get(style).dxf.dimlfac
    for end in ("MIN", "MAX"):
        assert tuple(header[f"$LIM{end}"])[:2] == pytest.approx(tuple(header[f"$EXT{end}"])[:2])


def test_dimensions_of_the_dxf_measure_what_the_drawing_says(cad, subject, english):
    document, _ = written(cad)
    measured = sorted(round(each.get_measurement() * 1000) for each in document.modelspace().query("DIMENSION"))
    said = sorted(d.value_mm for each in placed(subject("by_a_wall"), english) for d in each.view.dimensions)
    assert measured == said


def test_each_window_of_the_layout_prints_its_view_at_its_scale(cad, subject, english):
    document, _ = written(cad)
    scales = []
    for number, _ in enumerate(sheets(subject("by_a_wall"), english), start=1):
        layout = document.layouts.get(f"A3-{number}")
        assert (layout.dxf.paper_width, layout.dxf.paper_height) == (420, 297)
        assert [each.dxf.name for each in layout.query("INSERT")] == ["TITLE"]
        windows = [each for each in layout.viewports() if each.dxf.id != 1]
        scales += [round(each.dxf.view_height * 1000 / each.dxf.height, 6) for each in windows]
    assert scales == [each.view.scale for each in placed(subject("by_a_wall"), english)]


def test_the_last_layout_has_the_tables_and_notes(subject, english):
    document, _ = written(drawing.dxf(subject("straight", notes=("Surface to be checked on site",)), english))
    last = document.layouts.get(document.layouts.names_in_taborder()[-1])
    said = [text.dxf.text for text in last.query("TEXT")]
    assert {"Runs", "Quantities", "Surface to be checked on site"} <= set(said)
    lowest = min(text.dxf.insert.y for text in last.query("TEXT") if text.dxf.layer == "G-TEXT")
    assert lowest > 50


def test_the_title_block_stands_in_the_model_and_on_the_layout(subject, thai):
    document, texts = written(drawing.dxf(subject("straight", "th"), thai))
    on_paper = [text.dxf.text for text in document.layouts.get("A3-1").query("TEXT")]
    for line in (TITLE["th"], described.family(subject("straight").design, thai), thai.text(drawing.DRAFT)):
        assert line in texts
        assert line in on_paper
