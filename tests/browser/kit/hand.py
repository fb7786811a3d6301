"""Hold phones that run the offline kit, and do with them what a technician does."""

from __future__ import annotations

import io
import random

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from audits import wording
from audits.store.db import connection
from audits.store.surveys import read
from tests.browser import kit_office

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
# a busy machine is no fault of the kit
PATIENCE_MS, LONG_MS = 20_000, 240_000
KHON_KAEN = {"latitude": 16.43001, "longitude": 102.8295, "accuracy": 8}
THAI = wording.Wording("th")

SURVEY = """async ([code, slope, name]) => {
  const site = { code }, draft = Jaidee.notes.draftOf(code);
  draft.surveyor = name;
  await Jaidee.notes.setAnswer(draft, `${code}.ramp.1`, "running_slope_pct", { texts: [slope], reason: "" });
  return (await Jaidee.notes.finish(draft)).survey_id;
}"""


def visits_of(store: connection.Store, code: str):
    visits = read.surveys(store)
    return visits.loc[visits["site_code"] == code]


def written_at(store: connection.Store, code: str) -> list[str]:
    measured = read.measurements(store)
    return measured.loc[measured["site_code"] == code, "as_written"].tolist()


class Phones:
    """Give phones that may not ask anybody but this machine, and whose pages may not go wrong."""

    def __init__(self, browser: Browser) -> None:
        self.browser, self.contexts, self.wrong = browser, [], []

    def new(self, **options: object) -> BrowserContext:
        asked = {"viewport": PHONE, "locale": "en-GB", "accept_downloads": True, **options}
        context = self.browser.new_context(**asked)
        context.set_default_timeout(PATIENCE_MS)
        context.on("request", self._watch)
        self.contexts.append(context)
        return context

    def _watch(self, request: object) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:", "file:")):
            self.wrong.append(request.url)

    def page(self, context: BrowserContext, address: str) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda fault: self.wrong.append(str(fault)))
        page.goto(address)
        ready(page)
        return page


def ready(page: Page) -> None:
    page.wait_for_selector("html[data-ready=yes]")


def go(page: Page, place: str) -> None:
    page.evaluate("place => { location.hash = place; }", place)
    page.wait_for_function("place => location.hash === '#' + place && document.querySelector('h1')", arg=place)


def picture(seed: int, size: tuple[int, int] = (64, 48)) -> bytes:
    buffer, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "a phone"
    chance = random.Random(seed)
    image = Image.new("RGB", size, tuple(chance.randrange(256) for _ in range(3)))
    image.putpixel((seed % size[0], seed // size[0] % size[1]), (255, 255, 255))
    image.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def photo_file(seed: int) -> dict[str, object]:
    return {"name": f"{seed}.jpg", "mimeType": "image/jpeg", "buffer": picture(seed)}


def question(page: Page, quantity: str):
    return page.locator(f"[data-quantity={quantity}]")


def kept_drafts(page: Page) -> list[dict[str, object]]:
    return page.evaluate("() => Jaidee.store.all('drafts')")


def records(page: Page) -> dict[str, dict[str, object]]:
    return {each["survey_id"]: each for each in page.evaluate("() => Jaidee.store.all('records')")}


def sign_in(page: Page, office: kit_office.Office) -> None:
    go(page, "/queue")
    page.get_by_label("User name").fill("somying")
    page.get_by_label("Password", exact=True).fill((office.folder / "secret").read_text("utf-8"))
    page.get_by_role("button", name="Keep it and send").click()


def told(page: Page, sentence: str) -> None:
    expect(page.locator("#sync_told")).to_contain_text(sentence)
