import datetime as dt
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audits import survey
from audits.store.db import connection
from audits.store.surveys import read, rebuild, submit

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)


def test_surveys_come_in_the_order_of_their_arrival(
    store: connection.Store, a_survey: Callable[..., survey.Survey]
) -> None:
    names = ["uuid:c", "uuid:a", "uuid:b"]
    for name in names:
        submit.submit(store, a_survey(survey_id=name), "somchai")
    with connection.reading(store) as records:
        found = [one.survey_id for one in rebuild.surveys(records, ["uuid:a", "uuid:b", "uuid:c", "uuid:none"])]
    assert found == names


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    note=TEXT,
    label=TEXT,
    values=st.lists(NUMBER, max_size=4),
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180),
    observed_at=st.datetimes(
        min_value=dt.datetime(1950, 1, 1),  # noqa: DTZ001
        max_value=dt.datetime(2100, 1, 1),  # noqa: DTZ001
        timezones=st.timezones(),
    ),
)
def test_a_survey_comes_back_as_it_was_sent(
    store: connection.Store, a_survey: Callable[..., survey.Survey], values: list[float], label: str, **written: object
) -> None:
    sent = a_survey(
        survey_id=survey.new_survey_id(),
        elements=(survey.Element("KK-001.parking.1", "parking", label),),
        measurements=tuple(
            survey.Measurement("KK-001.parking.1", "bay_width_mm", value + 0.0, reading=number)
            for number, value in enumerate(values, start=1)
        ),
        **written,
    )
    submit.submit(store, sent, "somchai")
    kept = read.survey(store, sent.survey_id)
    assert submit.submit(store, kept, "somchai").outcome == "same"
    assert submit.submit(store, sent, "somchai").outcome == "same"
    assert [one.value for one in kept.measurements] == [one.value for one in sent.measurements]
    assert (kept.note, kept.latitude, kept.longitude) == (sent.note, sent.latitude, sent.longitude)


def test_what_younger_records_say_comes_back_too(
    store: connection.Store, a_survey: Callable[..., survey.Survey], keep_photo: Callable[[str], str]
) -> None:
    photo = survey.Photo(keep_photo("red"), "KK-001.ramp.1", "กว้าง", "clear_width_mm", True)
    sent = a_survey(survey_id="uuid:v2", root_id="uuid:v1", photos=(photo,))
    submit.submit(store, sent, "somchai")
    kept = read.survey(store, "uuid:v2")
    assert (kept.root_id, kept.photos) == ("uuid:v1", (photo,))
    assert survey.parsed(survey.canonical(kept)) == kept


def test_a_record_that_says_nothing_new_is_written_as_records_always_were(
    a_survey: Callable[..., survey.Survey],
) -> None:
    plain = survey.canonical(a_survey(photos=(survey.Photo("a" * 64),)))
    assert "root_id" not in plain
    assert '"photos":[{"caption":"","element_id":"","sha256":"' + "a" * 64 + '"}]' in plain
    written = survey.canonical(a_survey(root_id="uuid:0", photos=(survey.Photo("a" * 64, contains_person=True),)))
    assert '"root_id":"uuid:0"' in written
    assert '"contains_person":true' in written
