"""What is pulled over the network is whole or told in a sentence, and pulling again changes nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import logging

import pytest

from audits import errors, wording
from audits.demo import seed
from audits.field import known as known_room
from audits.field.odk import pulling, servers
from audits.store.register import register
from audits.store.surveys import attaching, quarantine, read
from tests.field.odk import exports, played

SITES = ("KK-001", "KK-002", "KK-001", "KK-002", "KK-001")


def _visit(number: int, site: str) -> exports.Visit:
    root = f"uuid:{number:08d}-1111-4111-8111-111111111111"
    day = f"2026-03-{number + 1:02d}T03:00:00.000Z"
    visit = exports.Visit(root=root, version=root, number=number, submitted=day)
    return visit.but(site=site, start=f"2026-02-{number:02d}T09:30:00.000+07:00", ramp__photo__1=None)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with played.running() as running:
        running.visits = [_visit(number, site) for number, site in enumerate(SITES, start=1)]
        yield running


@pytest.fixture(params=["central", "kobo"])
def pull(request, server, office, known):
    """Return what pulls from either server, and takes in."""
    root_of = functools.partial(known_room.root_of, office.store)

    def deliver(secret="", url=""):
        against = dataclasses.replace(known, sites=read.sites(office.store), root_of=root_of)
        if request.param == "kobo":
            return pulling.pull_kobo(url or server.url, "aAbc", secret or played.TOKEN, against)
        secret = secret or played.PASSWORD
        return pulling.pull_central(url or server.url, 1, "jaidee_survey", played.USER, secret, against)

    deliver.channel = request.param
    return deliver


def _outcomes(reception):
    return [one.outcome for one in reception.outcomes]


def _refusal(deed) -> str:
    with pytest.raises(errors.RefusedError) as refused:
        deed()
    (problem,) = refused.value.problems
    assert wording.Wording("th").problem(problem) != wording.Wording("en").problem(problem)
    return problem.kind.code


def test_all_pages_come_and_the_second_pull_changes_nothing(pull, office) -> None:
    assert _outcomes(office.receive(pull())) == ["accepted"] * 5
    assert _outcomes(office.receive(pull())) == ["same"] * 5
    assert len(read.surveys(office.store)) == 5


def test_an_edit_on_the_server_corrects_the_record(pull, server, office) -> None:
    office.receive(pull())
    server.visits[2] = server.visits[2].edited(ramp__clear_width_mm__1="95")
    assert sorted(_outcomes(office.receive(pull()))) == ["correction", *["same"] * 4]


def test_what_is_held_is_held_once_and_settles_itself(pull, server, office, store) -> None:
    point = seed.starter_sites().loc["KK-003"].geometry
    server.visits[0] = server.visits[0].but(site="KK-003", place=f"{point.y:.5f} {point.x:.5f} 0.0 8.5")
    assert _outcomes(office.receive(pull())).count("held") == 1
    # others come before it, so that its place among them is another one
    server.visits.insert(0, _visit(7, "KK-002"))
    assert _outcomes(office.receive(pull())).count("held") == 1
    assert quarantine.held_rows(store)["decision"].tolist() == [""]
    register.add_sites(store, seed.starter_sites().loc[["KK-003"]], seed.starter_elements().iloc[:0], "a", "b")
    assert "held" not in _outcomes(office.receive(pull()))
    assert quarantine.held_rows(store)["decision"].tolist() == [quarantine.TAKEN_IN]


def test_photos_come_with_the_pull(pull, server, office) -> None:
    server.visits = [exports.Visit()]
    server.photos = {exports.PHOTO: exports.jpeg()}
    delivery = pull()
    assert not any("attachments/" in path for path in server.asked), "photos are fetched when they are read"
    (outcome,) = office.receive(delivery).outcomes
    assert (outcome.outcome, outcome.missing_photos) == ("accepted", ())
    assert len(read.photos(office.store)) == 1


def test_a_line_that_breaks_in_the_photos_keeps_the_visits_and_awaits_the_photos(pull, server, office) -> None:
    server.visits = [exports.Visit(), _visit(2, "KK-002").but(ramp__photo__1=exports.PHOTO)]
    server.photos = {exports.PHOTO: exports.jpeg()}
    delivery = pull()
    server.breaks_at, server.asked = "/attachments/", []
    assert _outcomes(office.receive(delivery)) == ["accepted", "accepted"]
    assert len(server.asked) == 1, "the second photo is not waited for"
    assert attaching.missing(office.store)["name"].tolist() == [exports.PHOTO] * 2
    server.breaks_at = ""
    assert _outcomes(office.receive(pull())) == ["same", "same"]
    assert attaching.missing(office.store).empty


@pytest.mark.usefixtures("one_store")
def test_a_connection_that_breaks_between_pages_brings_nothing(pull, server) -> None:
    server.breaks_at = "skiptoken=2" if pull.channel == "central" else "start=2"
    assert _refusal(pull) == "ODK-103"


@pytest.mark.usefixtures("one_store")
def test_a_wrong_password_is_told_and_stands_in_no_log(pull, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    assert _refusal(lambda: pull(secret="wrong-secret-77")) == "ODK-104"
    assert "wrong-secret-77" not in caplog.text


@pytest.mark.usefixtures("one_store")
def test_the_password_stands_in_no_log_and_in_no_delivery(pull, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    delivery = pull()
    assert played.PASSWORD not in caplog.text + repr(delivery)
    assert played.TOKEN not in caplog.text + repr(delivery)


@pytest.mark.usefixtures("one_store")
def test_nobody_at_the_address_is_told(pull, monkeypatch) -> None:
    monkeypatch.setattr(servers, "ATTEMPTS", 1)
    assert _refusal(lambda: pull(url="http://127.0.0.1:9")) == "ODK-103"


@pytest.mark.parametrize("url", ["central.example.org", "https://", "ftp://x", "https://user:secret@x", "http://[bad"])
@pytest.mark.usefixtures("one_store")
def test_what_is_no_address_is_told(url, pull) -> None:
    assert _refusal(lambda: pull(url=url)) == "ODK-101"


@pytest.mark.usefixtures("one_store")
def test_a_password_does_not_travel_unprotected(pull) -> None:
    assert _refusal(lambda: pull(url="http://central.example.org")) == "ODK-102"


@pytest.mark.usefixtures("one_store")
def test_a_next_page_elsewhere_is_not_followed(pull, server) -> None:
    server.next_host = "https://elsewhere.example.org"
    assert _refusal(pull) == "ODK-106"


@pytest.mark.parametrize(("project", "form"), [(2, "jaidee_survey"), (1, "other")])
def test_a_form_that_is_not_there_is_told(project, form, server, known) -> None:
    deed = functools.partial(pulling.pull_central, server.url, project, form, played.USER, played.PASSWORD, known)
    assert _refusal(deed) == "ODK-105"


def test_central_is_asked_only_for_what_is_new(server, known) -> None:
    since = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)
    arguments = (server.url, 1, "jaidee_survey", played.USER, played.PASSWORD, known)
    assert len(pulling.pull_central(*arguments, since).arrivals) == 2


def test_a_photo_that_central_still_awaits_is_awaited_here_too(server, office, known) -> None:
    server.visits = [exports.Visit()]
    server.absent = {exports.PHOTO}
    arguments = (server.url, 1, "jaidee_survey", played.USER, played.PASSWORD, known)
    assert _outcomes(office.receive(pulling.pull_central(*arguments))) == ["accepted"]
    assert attaching.missing(office.store)["name"].tolist() == [exports.PHOTO]
    server.absent, server.photos = set(), {exports.PHOTO: exports.jpeg()}
    assert _outcomes(office.receive(pulling.pull_central(*arguments))) == ["same"]
    assert attaching.missing(office.store).empty
