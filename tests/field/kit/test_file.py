"""What a phone wrote is taken in once, however it came: shuffled, cut off, sent twice, with a flipped byte."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audits import errors, wording
from audits.demo import seed
from audits.field import known as known_room
from audits.field import receiving
from audits.field.kit import file as kit_file
from audits.field.kit import record as kit_record
from audits.store.db import connection as store_connection
from audits.store.db import workspace
from audits.store.integrity import verify
from audits.store.photos import photos
from audits.store.register import register
from audits.store.surveys import quarantine, read
from tests.field.kit import kit_lines

NOW = dt.datetime(2026, 3, 3, 3, 0, tzinfo=dt.UTC)
ENGLISH = wording.Wording("en")
PHOTOS = [kit_lines.photo(seed) for seed in range(12)]
RECORDS = [kit_lines.record(number, photos=PHOTOS[3 * number : 3 * number + 3]) for number in range(4)]
LINES = kit_lines.lines(RECORDS, PHOTOS)


@pytest.fixture(name="store")
def _store(register_of_two, tmp_path):
    with store_connection.open_store(workspace.Workspace(tmp_path / "work")) as store:
        register.add_sites(store, *register_of_two, "admin", "starter")
        yield store


@pytest.fixture(name="register_of_two", scope="module")
def _register_of_two():
    sites, elements = seed.starter_sites(), seed.starter_elements()
    codes = ["KK-001", "KK-002"]
    return sites.loc[codes], elements[elements["site_code"].isin(codes)]


@pytest.fixture(name="bring")
def _bring(store, book):
    """Read a file against the store and take it in."""

    def bring(content, **options):
        known = known_room.of_store(store, book, NOW, **options)
        delivery = kit_file.read(content, "phone.ndjson", known)
        received = receiving.receive(store, delivery, "engineer", words=ENGLISH, received_at=NOW)
        return received.as_record(), [notice.kind.code for notice in delivery.notices], delivery, received

    return bring


def counted(accepted=0, same=0, held=0, conflict=0, correction=0, missing_photos=0):
    return {
        "accepted": accepted,
        "correction": correction,
        "same": same,
        "conflict": conflict,
        "held": held,
        "missing_photos": missing_photos,
    }


def everything_is_here(store):
    assert sorted(read.surveys(store)["survey_id"]) == [each["survey_id"] for each in RECORDS]
    evidence = read.photos(store)
    kept = {kit_lines.name_of(each): photos.sent_before(store, kit_lines.name_of(each)).sha256 for each in PHOTOS}
    wanted = {(one["survey_id"], kept[photo["sha256"]]) for one in RECORDS for photo in one["photos"]}
    assert set(zip(evidence["survey_id"], evidence["sha256"], strict=True)) == wanted
    assert len(evidence) == len(wanted) == 12
    assert verify.verify(store).problems == ()


def test_a_whole_file_is_taken_in_and_a_second_time_changes_nothing(store, bring):
    assert bring(b"".join(LINES))[:2] == (counted(accepted=4), [])
    everything_is_here(store)
    assert bring(b"".join(LINES))[:2] == (counted(same=4), [])
    everything_is_here(store)


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_the_lines_does_not_matter(store, bring, seed):
    lines = list(LINES)
    random.Random(seed).shuffle(lines)
    assert bring(b"\r\n".join(line.strip() for line in lines) + b"\r\n\r\n")[:2] == (counted(accepted=4), [])
    everything_is_here(store)


def test_files_one_after_the_other_are_read_once(store, bring):
    whole = b"\xef\xbb\xbf" + b"".join(LINES)
    assert bring(whole + b"".join(LINES))[:2] == (counted(accepted=4), [kit_file.TWICE.code])
    everything_is_here(store)


def test_a_file_cut_anywhere_gives_its_whole_lines_and_says_what_is_missing(book, register_of_two):
    whole = b"".join(LINES)
    known = known_room.Known(*register_of_two, book, NOW)
    for end in range(len(LINES[0]) + 1, len(whole), 997):
        delivery = kit_file.read(whole[:end], "cut.ndjson", known)
        told = {notice.kind.code: notice.values for notice in delivery.notices}
        came = sum(line in LINES[1:5] and sum(map(len, LINES[: place + 1])) <= end for place, line in enumerate(LINES))
        assert len(delivery.arrivals) == came
        assert told.get(kit_file.RECORDS_MISSING.code, {"count": 0})["count"] == 4 - came
        is_cut_inside = end not in {sum(map(len, LINES[:count])) for count in range(len(LINES) + 1)}
        without_newline = end + 1 in {sum(map(len, LINES[:count])) for count in range(len(LINES) + 1)}
        assert (kit_file.CUT_OFF.code in told) == (is_cut_inside and not without_newline)


def test_the_rest_of_a_cut_file_comes_later_and_nothing_is_doubled(store, bring):
    whole = b"".join(LINES)
    counts, codes, _, _ = bring(whole[: sum(map(len, LINES[:7])) + 100])
    assert counts == counted(accepted=4, missing_photos=10)
    assert codes == [kit_file.CUT_OFF.code, kit_file.PHOTOS_MISSING.code]
    assert bring(whole)[0] == counted(same=4)
    everything_is_here(store)


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_a_flipped_byte_costs_its_own_line_only(store, bring, place):
    damaged = bytearray(LINES[2])
    damaged[int(place * len(damaged))] ^= 1
    counts, codes, _, _ = bring(b"".join((*LINES[:2], bytes(damaged), *LINES[3:])))
    assert counts == counted(accepted=3, held=1)
    assert codes == [kit_file.RECORDS_MISSING.code]
    held = quarantine.held_rows(store).iloc[0]
    assert held["line"] == 3
    assert "was altered on the way" in held["reasons"][0]
    assert bring(b"".join(LINES))[0] == counted(accepted=1, same=3)
    everything_is_here(store)


def test_a_flipped_byte_in_a_photo_leaves_the_photo_awaited(store, bring):
    damaged = bytearray(LINES[6])
    damaged[300] ^= 1
    counts, codes, _, _ = bring(b"".join((*LINES[:6], bytes(damaged), *LINES[7:])))
    assert counts == counted(accepted=4, missing_photos=1)
    assert codes == [kit_file.DAMAGED.code, kit_file.PHOTOS_MISSING.code]
    assert bring(LINES[0] + LINES[6] + LINES[1])[0] == counted(same=1)
    everything_is_here(store)


def test_a_photo_that_came_before_by_another_way_counts_as_come(store, bring):
    photos.keep(store, PHOTOS[0], actor="somying", kept_at=NOW)
    counts, _, _, received = bring(b"".join(LINES[:5]))
    assert counts == counted(accepted=4, missing_photos=11)
    assert len(read.photos(store)) == 1
    assert kit_lines.name_of(PHOTOS[0]) not in received.outcomes[0].missing_photos
    assert bring(b"".join(LINES))[0] == counted(same=4)
    everything_is_here(store)


def test_without_its_list_of_contents_the_reader_is_told_so(bring):
    assert bring(b"".join(LINES[1:]))[:2] == (counted(accepted=4), [kit_file.NO_CONTENTS.code])


def test_versions_come_in_their_order_whatever_the_file_says(store, bring):
    older = kit_lines.record(1)
    newer = kit_lines.record(2, root_id="uuid:00000001", version=2, note="mended")
    content = b"".join(reversed(kit_lines.lines([older, newer])))
    assert bring(content)[0] == counted(accepted=1, correction=1)
    visits = read.surveys(store)
    assert visits["supersedes"].tolist() == ["", "uuid:00000001"]


def test_another_content_under_the_same_id_is_a_conflict_and_both_are_kept(store, bring):
    assert bring(b"".join(kit_lines.lines([kit_lines.record(1)])))[0] == counted(accepted=1)
    assert bring(b"".join(kit_lines.lines([kit_lines.record(1, note="other")])))[0] == counted(conflict=1)
    assert len(quarantine.held_rows(store)) == 1


def test_the_kit_of_another_workspace_is_held(store, bring):
    content = b"".join(kit_lines.lines([kit_lines.record(1)]))
    counts, _, delivery, _ = bring(content, workspace_id="another")
    assert counts == counted(held=1)
    assert delivery.arrivals[0].problems[0].kind is kit_record.OTHER_WORKSPACE
    assert bring(content, workspace_id="w")[0] == counted(accepted=1)


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"code,slope\nKK-001,8", b'{"type":"FeatureCollection"}', b'{"a":1}\n{"b":2}\n', bytes(range(256))],
)
def test_what_the_kit_did_not_write_is_refused_in_a_sentence(book, register_of_two, content):
    assert not kit_file.is_kit(content)
    with pytest.raises(errors.RefusedError) as refused:
        kit_file.read(content, "foreign.ndjson", known_room.Known(*register_of_two, book, NOW))
    assert [problem.kind for problem in refused.value.problems] == [kit_file.NOT_OF_THE_KIT]
    assert ENGLISH.problem(refused.value.problems[0]).startswith("foreign.ndjson: This is no file of the offline kit")


def test_a_file_without_one_whole_line_is_refused(book, register_of_two):
    with pytest.raises(errors.RefusedError) as refused:
        kit_file.read(LINES[0][:-20], "cut.ndjson", known_room.Known(*register_of_two, book, NOW))
    assert [problem.kind for problem in refused.value.problems] == [kit_file.NOTHING_WHOLE]


def test_a_photo_line_that_lies_about_its_bytes_is_not_taken_for_the_photo(bring):
    lying = kit_lines.text({"sha256": kit_lines.name_of(PHOTOS[0]), "type": "", "bytes": 3, "content": "YWJj"})
    counts, _, _, received = bring(b"".join((LINES[1], kit_lines.line("photo", lying))))
    assert counts == counted(accepted=1, missing_photos=3)
    assert received.outcomes[0].problems[0].kind is receiving.UNREADABLE_PHOTO


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.tuples(st.integers(0, 40_000), st.integers(0, 255)), max_size=6), end=st.integers(1, 40_000))
def test_no_damage_raises_anything_but_a_refusal(book, register_of_two, cuts, end):
    content = bytearray(b"".join(LINES))
    for place, value in cuts:
        content[place % len(content)] = value
    try:
        delivery = kit_file.read(bytes(content[:end]), "x", known_room.Known(*register_of_two, book, NOW))
    except errors.RefusedError:
        return
    for arrival in delivery.arrivals:
        assert arrival.problems or arrival.survey is not None
