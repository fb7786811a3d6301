"""Measure what a person meets on a page: its height in screens, targets too small for a thumb, English in Thai."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

LEAST_TARGET_PX = 44
LAID_OUT_WITHIN_MS = 3000

# Names of products, formats and units that a municipal office writes in Latin letters too.
NAMES = frozenset((Path(__file__).parent / "latin_names.txt").read_text("utf-8").split())

_TARGETS = """(least) => {
  // the label or the frame of a field takes the press too
  const frames = "label, .react-aria-ComboBox, [data-testid$=RootElement], [data-testid=stNumberInputContainer]";
  const boxOf = (each) => (each.closest(frames) || each).getBoundingClientRect();
  const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=tab], [role=radio]";
  return [...document.querySelectorAll(kinds)].filter((each) => {
    if (!each.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) return false;
    if (each.closest("[aria-hidden=true]") || each.disabled) return false;
    // a link inside a sentence is as high as its line (WCAG 2.5.8)
    if (each.tagName === "A" && each.closest("p, li, td, caption")) return false;
    const box = boxOf(each);
    return box.width > 1 && box.height > 1 && box.height < least - 0.5;
  }).map((each) => {
    const name = (each.getAttribute("aria-label") || each.textContent || each.id).trim().slice(0, 40);
    return `${each.tagName.toLowerCase()} ${Math.round(boxOf(each).height)} px: ${name}`;
  });
}"""

# How far the page can be scrolled sideways; what scrolls within a frame of its own, as a wide table does, is left out.
# Streamlit lays charts and columns out again some frames after a change, so what is too wide has time to shrink.
_SIDEWAYS = """async (patience_ms) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const sideways = () => Math.max(...["html", "[data-testid=stMain]"].map((name) => document.querySelector(name))
    .filter((each) => each).map((each) => each.scrollWidth - each.clientWidth));
  const end = performance.now() + patience_ms;
  await frame();
  await frame();
  while (sideways() > 0 && performance.now() < end) await frame();
  return sideways();
}"""

_LARGE = """() => {
  const root = document.documentElement;
  root.style.fontSize = `${2 * parseFloat(getComputedStyle(root).fontSize)}px`;
}"""

_LATIN = """() => {
  const found = [], root = document.querySelector("[data-testid=stMain]") || document.body;
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { parentElement, textContent } = walk.currentNode;
    const hidden = "script, style, code, pre, svg, [lang=en], [aria-hidden=true]";
    if (!parentElement || parentElement.closest(hidden) || !parentElement.checkVisibility()) continue;
    found.push(...(textContent.replace(/https?:\\/\\/\\S+|[a-z.]+\\.th\\b/g, "").match(/[A-Za-z]{3,}/g) || []));
  }
  return [...new Set(found)];
}"""


@dataclass(frozen=True)
class Measures:
    """What was measured of one page in one window.

    Parameters
    ----------
    screens
        Height of the page in heights of the window.
    small_targets
        Controls lower than :data:`LEAST_TARGET_PX`, each with its height and its name.
    latin_words
        Words in Latin letters that are no name of :data:`NAMES`.
    """

    screens: float
    small_targets: tuple[str, ...]
    latin_words: tuple[str, ...]


def measured(page: Page) -> Measures:
    """Measure the page as it stands in its window."""
    height = page.evaluate("(document.querySelector('[data-testid=stMain]') || document.documentElement).scrollHeight")
    window = page.viewport_size or {"height": 1}
    words = (word for word in page.evaluate(_LATIN) if word.casefold() not in NAMES)
    return Measures(height / window["height"], tuple(page.evaluate(_TARGETS, LEAST_TARGET_PX)), tuple(sorted(words)))


def sideways_px(page: Page) -> int:
    """Measure how far the page can be scrolled sideways, once it is laid out anew."""
    return int(page.evaluate(_SIDEWAYS, LAID_OUT_WITHIN_MS))


def sideways_of_large_text_px(page: Page) -> int:
    """Measure the same while all text is twice as large."""
    page.evaluate(_LARGE)
    found = sideways_px(page)
    page.evaluate("document.documentElement.style.removeProperty('font-size')")
    return found
