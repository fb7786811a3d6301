"""Answer a survey as on a slow phone: ``python -m tests.benchmarks.survey_on_phone [answers]``.

Each figure is typed and its field left. Timed is the answer, from the message that brings the figure to the last that
draws the form anew, first on a quick phone, then with the browser's processor slowed to a quarter and its line to 400
kbit/s; and for how long Streamlit's skeletons stood on the page meanwhile. Beside them, for each figure, the processor
time of the server and what it sent.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import CDPSession, Page

from audits.demo import demonstration
from audits.rules import files
from audits.store.db import connection, workspace
from tests import chromium as browsers
from tests.browser import conftest

# of the processor; a line of 400 kbit/s
SLOWER, BYTES_PER_S, LATENCY_MS = 4, 50_000, 100
# the longest time for which a skeleton stood on the page
SKELETONS = """
(() => {
  const seen = (window.skeletons = { longest: 0, since: 0 });
  const look = () => {
    const now = performance.now();
    if (document.querySelector("[data-testid=stSkeleton]")) {
      seen.since ||= now;
      seen.longest = Math.max(seen.longest, now - seen.since);
    } else seen.since = 0;
    requestAnimationFrame(look);
  };
  look();
})();
"""
FIGURES = ".st-key-themes [data-testid=stTextInput] input:visible"


def slowed(page: Page) -> CDPSession:
    """Slow the browser's processor and its line."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    speed = {"latency": LATENCY_MS, "downloadThroughput": BYTES_PER_S, "uploadThroughput": BYTES_PER_S}
    line.send("Network.emulateNetworkConditions", {"offline": False, **speed})
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return line


def answered(page: Page, values: range) -> list[float]:
    """Type figures; return the milliseconds until each was answered."""
    waits = []
    fields = page.locator(FIGURES)
    for value in values:
        field = fields.nth(value % fields.count())
        field.fill(str(value))
        field.press("Tab")
        conftest.settled(page)
        waits.append(float(page.evaluate("window.jaideeLast.heard - window.jaideeLast.asked")))
    return waits


def server_ms(pid: int) -> float:
    """Return the processor time that the server has used."""
    used = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()[11:13]
    return 1000 * sum(map(int, used)) / os.sysconf("SC_CLK_TCK")


def main(count: int) -> None:
    """Print p50 and p95 on both phones, and the longest skeleton."""
    with tempfile.TemporaryDirectory() as scratch, browsers.launched() as chromium:
        folder = Path(scratch) / "workspace"
        with connection.open_store(workspace.Workspace(folder), kind="demonstration") as store:
            demonstration.build(store, files.load_criteria())
        with conftest.serve(folder) as app:
            context = chromium.new_context(viewport=conftest.SIZES["phone"], has_touch=True)
            context.add_init_script(conftest.LISTENING + SKELETONS)
            page = context.new_page()
            page.goto(f"{app.address}/survey?lang=th&site=KK-001")
            conftest.settled(page)
            # slopes and lengths: a card with a picture for each figure
            page.locator(".st-key-themes button[data-testid=stBaseButton-secondary]").filter(has_text="ความลาด").click()
            conftest.settled(page)
            answered(page, range(2))
            frames = list[int]()
            line = page.context.new_cdp_session(page)
            line.send("Network.enable")
            line.on(
                "Network.webSocketFrameReceived", lambda frame: frames.append(len(frame["response"]["payloadData"]))
            )
            used = server_ms(app.process.pid)
            quick = answered(page, range(2, 2 + count))
            used = server_ms(app.process.pid) - used
            slowed(page)
            page.evaluate("window.skeletons.longest = 0")
            page.set_default_timeout(120_000)
            line.detach()
            slow = answered(page, range(2 + count, 2 + 2 * count))
            while_typing = page.evaluate("window.skeletons.longest")
            for name, times in (("quick phone", quick), ("slow phone", slow)):
                p50, p95 = np.quantile(times, [0.5, 0.95])
                print(f"{name:<12} {len(times)} figures   p50 {p50:.0f} ms   p95 {p95:.0f} ms")
            # a frame comes as base64
            print(f"server {used / count:.0f} ms of CPU, {sum(frames) * 3 / 4 / count / 1000:.1f} kB a figure")
            print(f"longest skeleton while typing {while_typing:.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
