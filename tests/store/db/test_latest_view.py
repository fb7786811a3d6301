from collections.abc import Callable

from audits import survey
from audits.store.db import connection, schema
from audits.store.surveys import reviews, submit


def shown(store: connection.Store) -> dict[str, str | None]:
    with connection.reading(store) as records:
        rows = records.exec_driver_sql(f"SELECT code, survey_id FROM {schema.LATEST_VIEW}").all()
    return {row.code: row.survey_id for row in rows}


def test_each_site_is_shown_with_its_latest_survey_that_stands(
    store: connection.Store, a_survey: Callable[..., survey.Survey]
) -> None:
    assert shown(store) == {"KK-001": None, "SP-001": None}
    submit.submit(store, a_survey(), "somchai")
    submit.submit(store, a_survey(survey_id="uuid:2", supersedes="uuid:1"), "somchai")
    assert shown(store)["KK-001"] == "uuid:2"


def test_a_returned_survey_does_not_count_until_it_is_approved_after_all(
    store: connection.Store, a_survey: Callable[..., survey.Survey]
) -> None:
    submit.submit(store, a_survey(), "somchai")
    reviews.give_back(store, "uuid:1", "measure again", {}, "engineer")
    assert shown(store)["KK-001"] is None
    reviews.approve(store, ["uuid:1"], "engineer")
    assert shown(store)["KK-001"] == "uuid:1"
