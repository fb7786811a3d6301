import io
import sqlite3
from collections.abc import Callable

import pytest
from PIL import Image

from audits import errors, survey
from audits.store.audit_log import hash_chain
from audits.store.db import connection, triggers
from audits.store.integrity import verify
from audits.store.photos import erasure, photos
from audits.store.register import changes
from audits.store.surveys import quarantine, read, submit

Builder = Callable[..., survey.Survey]


@pytest.fixture
def full(store: connection.Store, a_survey: Builder) -> connection.Store:
    """Return a store with some of everything: the ledger has ten entries."""
    for number in range(1, 5):
        submit.submit(store, a_survey(survey_id=f"uuid:{number}"), "somchai")
    submit.submit(store, a_survey(survey_id="uuid:5", supersedes="uuid:4"), "somchai")
    changes.report_position(store, "KK-001", "confirmed", "somchai", "stood there")
    quarantine.hold(store, "list.csv", "b" * 64, "somying", [quarantine.HeldRow(1, "{}", ("why",))], 0)
    photos.keep(store, _picture(), actor="somchai")
    return store


def put_guards_back(raw: sqlite3.Connection) -> None:
    for statement in triggers.expected().values():
        raw.execute(statement)


def found(store: connection.Store, raw: sqlite3.Connection, statement: str) -> set[errors.ProblemKind]:
    changed = raw.execute(statement).rowcount
    assert changed > 0
    put_guards_back(raw)
    problems = verify.verify(store).problems
    assert all("{" not in problem.sentence() for problem in problems)
    return {problem.kind for problem in problems}


def test_a_sound_store_has_no_problems(full: connection.Store) -> None:
    checked = verify.verify(full)
    assert checked.problems == ()
    assert checked.entries == 10
    assert checked.head == read.head(full)


def test_an_empty_store_is_sound(place: object) -> None:
    with connection.open_store(place) as store:  # type: ignore[arg-type]
        assert verify.verify(store, expect=str(read.head(store))) == verify.Verification(0, read.head(store), ())


@pytest.mark.parametrize(
    ("statement", "kinds"),
    [
        ("UPDATE measurement SET value = 5 WHERE fid = 3", {verify.SURVEY_ALTERED}),
        ("UPDATE measurement SET photo_sha256 = NULL, uncertainty = 9 WHERE fid = 3", {verify.SURVEY_ALTERED}),
        ("DELETE FROM measurement WHERE fid = 3", {verify.SURVEY_ALTERED}),
        ("UPDATE survey SET surveyor = 'nobody' WHERE fid = 2", {verify.SURVEY_ALTERED}),
        ("UPDATE survey SET received_at = '2020-01-01T00:00:00.000Z' WHERE fid = 2", {verify.SURVEY_ALTERED}),
        ("UPDATE survey SET receipt_number = 77 WHERE fid = 2", {verify.SURVEY_ALTERED}),
        ("UPDATE survey SET content_sha256 = 'x' WHERE fid = 2", {verify.SURVEY_ALTERED}),
        ("UPDATE survey SET root_id = 'x' WHERE fid = 2", {verify.SURVEY_ALTERED}),
        ("UPDATE survey_element SET label = 'x' WHERE fid = 2", {verify.SURVEY_ALTERED}),
        ("DELETE FROM survey WHERE fid = 2", {verify.SURVEY_GONE}),
        (
            "INSERT INTO survey SELECT 99, 'uuid:x', 99, site_code, surveyor, observed_at, received_at, source, "
            "form_version, status, NULL, accuracy_m, note, geom, content_sha256, root_id, place, located_at "
            "FROM survey WHERE fid = 1",
            {verify.SURVEY_UNKNOWN},
        ),
        ("UPDATE site SET position_status = 'named' WHERE code = 'KK-001'", {verify.REGISTER_ALTERED}),
        ("UPDATE element SET permitted_on = '2000-01-01' WHERE source = 'survey'", {verify.REGISTER_ALTERED}),
        ("DELETE FROM element WHERE source = 'survey'", {verify.REGISTER_GONE}),
        (
            "INSERT INTO element SELECT 99, 'KK-001.ramp.9', site_code, kind, label, permitted_on, source, retired, "
            "version, updated_by, updated_at FROM element WHERE fid = 1",
            {verify.REGISTER_UNKNOWN},
        ),
        ("UPDATE held_row SET reasons = '[]'", {verify.HELD_ALTERED}),
        ("DELETE FROM held_row", {verify.HELD_ALTERED}),
        ("UPDATE photo SET latitude = 16.0, longitude = 102.0", {verify.PHOTO_ALTERED}),
        ("DELETE FROM photo", {verify.PHOTO_ALTERED}),
        ("UPDATE ledger SET actor = 'nobody' WHERE sequence = 3", {verify.LINK_BROKEN}),
        (
            "UPDATE ledger SET payload = 'x' WHERE sequence = 1",
            {verify.LINK_BROKEN, verify.REGISTER_UNKNOWN, verify.REGISTER_ALTERED},
        ),
        (
            "DELETE FROM ledger WHERE action = 'import.hold'",
            {verify.LINK_BROKEN, verify.HELD_ALTERED, verify.BATCH_ALTERED},
        ),
        ("UPDATE import_batch SET file_name = 'other.csv'", {verify.BATCH_ALTERED}),
        ("UPDATE import_batch SET accepted_count = 7", {verify.BATCH_ALTERED}),
        ("UPDATE import_batch SET held_by = 'nobody'", {verify.BATCH_ALTERED}),
        ("UPDATE import_batch SET held_at = '2020-01-01T00:00:00.000Z'", {verify.BATCH_ALTERED}),
    ],
)
def test_what_was_altered_behind_the_guards_is_found(
    full: connection.Store, intruder: sqlite3.Connection, statement: str, kinds: set[errors.ProblemKind]
) -> None:
    assert found(full, intruder, statement) == kinds


def test_a_survey_cut_out_of_the_middle_with_its_entry_is_found(
    full: connection.Store, intruder: sqlite3.Connection
) -> None:
    for table in ("measurement", "survey_element", "survey"):
        intruder.execute(f"DELETE FROM {table} WHERE survey_id = 'uuid:2'")
    kinds = found(full, intruder, "DELETE FROM ledger WHERE entity_id = 'uuid:2'")
    assert verify.LINK_BROKEN in kinds


def test_a_cut_tail_is_found_with_a_head_printed_before(full: connection.Store, intruder: sqlite3.Connection) -> None:
    printed = str(read.head(full))
    intruder.execute("DELETE FROM photo_source")
    assert found(full, intruder, "DELETE FROM ledger WHERE sequence = 10") == set()
    assert [problem.kind for problem in verify.verify(full, expect=printed).problems] == [verify.TAIL_CUT]


@pytest.mark.parametrize("digits", [hash_chain.SHORT_DIGITS, hash_chain.DIGITS])
def test_a_rewritten_audit_log_is_found_with_a_head_printed_before(full: connection.Store, digits: int) -> None:
    head = read.head(full)
    printed = f"{head.sequence - 1}:{'a' * digits}"
    assert [problem.kind for problem in verify.verify(full, expect=printed).problems] == [verify.REWRITTEN]


def test_an_older_head_is_still_true(full: connection.Store, a_survey: Builder) -> None:
    printed = read.head(full)
    submit.submit(full, a_survey(survey_id="uuid:later"), "somchai")
    assert verify.verify(full, expect=str(printed)).problems == ()
    assert verify.verify(full, expect=printed.short).problems == ()


def test_what_is_no_head_is_refused(full: connection.Store) -> None:
    for written in ("yesterday", read.head(full).short[:-1]):
        with pytest.raises(errors.RefusedError):
            verify.verify(full, expect=written)


def test_missing_guards_are_named(full: connection.Store, outsider: sqlite3.Connection) -> None:
    outsider.execute("DROP TRIGGER survey_no_delete")
    (problem,) = verify.verify(full).problems
    assert (problem.kind, problem.where) == (verify.GUARD_MISSING, "survey_no_delete")


def test_a_photo_file_that_is_gone_or_altered_is_found(full: connection.Store) -> None:
    path = next(full.workspace.photos_folder.rglob("*.jpg"))
    path.write_bytes(path.read_bytes() + b"x")
    assert [problem.kind for problem in verify.verify(full).problems] == [verify.PHOTO_FILE_ALTERED]
    path.unlink()
    assert [problem.kind for problem in verify.verify(full).problems] == [verify.PHOTO_FILE_GONE]


def test_the_file_of_an_erased_photo_is_not_missed_and_found_when_it_is_back(full: connection.Store) -> None:
    path = next(full.workspace.photos_folder.rglob("*.jpg"))
    content = path.read_bytes()
    erasure.erase(full, path.stem, "a child's face", "admin")
    assert not path.exists()
    assert verify.verify(full).problems == ()
    path.write_bytes(content)
    (problem,) = verify.verify(full).problems
    assert (problem.kind, problem.where) == (verify.PHOTO_NOT_ERASED, path.stem)


def test_an_edit_from_another_program_is_told_of(full: connection.Store, outsider: sqlite3.Connection) -> None:
    outsider.execute("UPDATE site SET name_en = 'Town hall' WHERE code = 'KK-001'")
    (problem,) = verify.verify(full).problems
    assert (problem.kind, problem.where) == (verify.REGISTER_ALTERED, "KK-001")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE survey SET received_at = 'yesterday' WHERE fid = 2",
        "UPDATE survey SET geom = x'4750000100' WHERE fid = 2",
        "UPDATE survey SET geom = x'4750000100000000ffff' WHERE fid = 2",
        "UPDATE element SET permitted_on = 'once' WHERE fid = 1",
        "UPDATE ledger SET happened_at = 'once' WHERE sequence = 2",
    ],
)
def test_a_row_that_cannot_be_read_is_a_problem_too(
    full: connection.Store, intruder: sqlite3.Connection, statement: str
) -> None:
    assert verify.UNREADABLE in found(full, intruder, statement)


def test_progress_is_told(full: connection.Store) -> None:
    steps: list[tuple[int, int]] = []
    verify.verify(full, progress=lambda done, total: steps.append((done, total)))
    assert steps == [(number, 5) for number in range(1, 6)]


def _picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(buffer, "PNG")
    return buffer.getvalue()
