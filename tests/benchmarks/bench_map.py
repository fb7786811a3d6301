"""Time the exported map in headless Chromium: until it can be used, and until a click is answered."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
from playwright import sync_api

from audits import terms, wording
from layers import ground, sources, symbols, web_assets, web_map
from tests import chromium

SIZES = (85, 1_000, 10_000)
RUNS, CLICKS, SEED = 3, 7, 7
BROWSER = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
USABLE_BAR_S, CLICK_BAR_MS = 3.0, 300

# two frames after something is there, it has been painted
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"

# a click on the nth symbol in sight; milliseconds until what it does has been painted
CLICK = """(number) => new Promise((done) => {
  const shown = [...document.querySelectorAll(".jaidee-site, .jaidee-group")].filter((element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return left > 0 && top > 60 && right < innerWidth * 0.6 && bottom < innerHeight;
  });
  const element = shown[number % shown.length], started = performance.now();
  element.click();
  setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - started))), 0);
})"""


def synthetic_markers(count: int, words: wording.Wording) -> gpd.GeoDataFrame:
    """Return sites strewn over the municipality, a symbol each."""
    draw = np.random.default_rng(SEED)
    west, south, east, north = sources.outline().total_bounds
    looks = [symbols.OF_VERDICT[name] for name in draw.choice(("pass", "fail", "borderline", "unknown"), count)]
    verdict = words.text(terms.VERDICT["fail"])
    return gpd.GeoDataFrame(
        {
            "code": [f"BM-{number:05d}" for number in range(count)],
            "label": [f"BM-{number:05d} ทางลาดสังเคราะห์ · {verdict}" for number in range(count)],
            "colour": [look.colour for look in looks],
            "shape": [look.shape for look in looks],
            "glyph": [look.glyph for look in looks],
            "hollow": draw.random(count) < 0.5,
        },
        geometry=gpd.points_from_xy(draw.uniform(west, east, count), draw.uniform(south, north, count)),
        crs="EPSG:4326",
    )


def write_map(count: int, file: Path) -> float:
    """Write the map of so many sites, and return the seconds it took."""
    words = wording.Wording("th")
    base = ground.of(None)
    shown = synthetic_markers(count, words)
    said = web_map.MapWords(
        language="th",
        title="แผนที่",
        zoom_in="ขยาย",
        zoom_out="ย่อ",
        north="ทิศเหนือ",
        attribution="OCHA",
        skip="ข้าม",
        panel="ตาราง",
        legend_title="สัญลักษณ์",
    )
    started = time.perf_counter()
    city = web_map.city_map(shown, base, said)
    file.write_text(web_map.export_html(city, title="แผนที่", language="th", panel_html="<p>–</p>"), encoding="utf-8")
    return time.perf_counter() - started


def opened(browser: sync_api.Browser, file: Path) -> tuple[float, list[float]]:
    """Open a map and click about; return seconds until usable and milliseconds of each click."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce").new_page()
    started = time.perf_counter()
    page.goto(file.as_uri())
    page.wait_for_selector(".jaidee-site, .jaidee-group")
    page.evaluate(PAINTED)
    usable = time.perf_counter() - started
    clicks = [float(page.evaluate(CLICK, number)) for number in range(CLICKS)]
    page.context.close()
    return usable, clicks


def main() -> None:
    """Measure and print."""
    web_assets.prepare()
    print(f"bars: usable in {USABLE_BAR_S:g} s, a click answered in {CLICK_BAR_MS} ms; median of {RUNS} runs")
    print(f"{'sites':>7} {'written s':>10} {'MB':>6} {'usable s':>9} {'click ms':>9} {'worst ms':>9}")
    with tempfile.TemporaryDirectory() as folder, sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium.executable(), args=BROWSER)
        for count in SIZES:
            file = Path(folder) / f"{count}.html"
            written = write_map(count, file)
            runs = [opened(browser, file) for _ in range(RUNS)]
            usable = statistics.median(seconds for seconds, _ in runs)
            clicks = [each for _, clicks in runs for each in clicks]
            size, middle = file.stat().st_size / 1e6, statistics.median(clicks)
            print(f"{count:>7,} {written:>10.2f} {size:>6.2f} {usable:>9.2f} {middle:>9.0f} {max(clicks):>9.0f}")
        browser.close()


if __name__ == "__main__":
    main()
