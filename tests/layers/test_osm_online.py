"""A city fetched by Overpass is the same base map; without a network one sentence says what to do."""

import contextlib
import http.server
import threading
import urllib.parse

import pytest

from layers import __main__ as command
from layers import base_file, errors, osm_online
from tests.layers import osm_town


@contextlib.contextmanager
def _serving(content, status=200):
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked.append(urllib.parse.parse_qs(body)["data"][0])
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/interpreter", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def answer(tmp_path_factory):
    return osm_town.write(tmp_path_factory.mktemp("answer") / "town.osm").read_bytes()


def _refused(tmp_path, content, status=200):
    with _serving(content, status) as (address, _), pytest.raises(errors.LayerError) as refused:
        osm_online.fetch(osm_town.box(), tmp_path, address)
    return str(refused.value)


def test_the_base_is_made_from_what_the_server_sends(tmp_path, answer, capsys):
    box = osm_town.box()
    written = f"--box={box.west},{box.south},{box.east},{box.north}"
    with _serving(answer) as (address, asked):
        assert command.main(["base", "--online", "--overpass", address, written, "--into", str(tmp_path)]) == 0
    assert len(base_file.read(tmp_path, "footways")) == 4
    assert "source_file: overpass.osm" in capsys.readouterr().out
    assert f"({box.south},{box.west},{box.north},{box.east})" in asked[0]
    assert asked[0].startswith("[out:xml][timeout:180];")


def test_a_busy_server_is_told_with_what_to_do_instead(tmp_path):
    assert "429 Too Many Requests; try later" in _refused(tmp_path, b"", 429)


def test_an_answer_that_ran_out_of_time_is_refused_with_the_server_s_remark(tmp_path, answer):
    remark = b"<remark> runtime error: Query timed out </remark></osm>"
    assert "runtime error: Query timed out" in _refused(tmp_path, answer.replace(b"</osm>", remark))


def test_an_answer_cut_short_is_refused(tmp_path, answer):
    assert "did not send the whole answer" in _refused(tmp_path, answer[:2_000])


def test_an_answer_too_large_is_refused(tmp_path, answer, monkeypatch):
    monkeypatch.setattr(osm_online, "MOST_BYTES", 100)
    assert "smaller box" in _refused(tmp_path, answer)


def test_without_a_network_the_command_says_so_and_how_to_go_on(tmp_path, capsys):
    with _serving(b"") as (address, _):
        pass
    assert command.main(["base", "--online", "--overpass", address, "--into", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "cannot be reached (ConnectionError)" in said
    assert "python -m layers base FILE.osm.pbf" in said
    assert not base_file.path(tmp_path).exists()
