"""Open the web map of the tests in a browser."""

import pytest

from layers import ground, sources, web_assets, web_map
from tests.layers import maps


@pytest.fixture(scope="module")
def base():
    return ground.of(None)


@pytest.fixture(scope="module")
def ramps():
    register = sources.starter_sites()
    return maps.marked(register[register["kind"] == "ramp"])


@pytest.fixture(scope="module")
def static_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    web_assets.prepare(folder)
    return folder


@pytest.fixture(scope="module")
def opened(chromium, static_folder, tmp_path_factory):
    """Open a map as an exported file; return the page and every address that was asked for."""
    folder = tmp_path_factory.mktemp("exports")
    contexts = []

    def open_file(city, size="desk", script=""):
        panel = "<h2>ตาราง</h2><p><a href='#panel'>ตาราง</a></p>"
        text = web_map.export_html(
            city,
            title=f"แผนที่ {maps.HOSTILE}",
            language="th",
            panel_html=panel,
            script=script,
            static_folder=static_folder,
        )
        path = folder / f"map{len(contexts)}.html"
        path.write_text(text, encoding="utf-8")
        width, height = maps.SIZES[size]
        context = chromium.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        contexts.append(context)
        page, asked, complaints = context.new_page(), [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(path.as_uri())
        page.wait_for_selector(".jaidee-north")
        page.evaluate("document.fonts.ready.then(() => new Promise((done) => setTimeout(done, 100)))")
        assert complaints == []
        return page, [url for url in asked if not url.startswith("data:") and url != path.as_uri()]

    yield open_file
    for context in contexts:
        context.close()
