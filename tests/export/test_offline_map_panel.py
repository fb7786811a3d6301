"""The panel beside the map is whole without its script."""

from html.parser import HTMLParser

from audits.export import offline_map


class Outline(HTMLParser):
    """Count elements, and check that each is closed in order."""

    def __init__(self):
        super().__init__()
        self.open, self.counts = [], {}

    def handle_starttag(self, tag, attributes):
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if tag not in ("br", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_every_site_has_a_row_heading_and_every_element_is_closed(exported, words):
    outline = Outline()
    outline.feed(offline_map.panel(exported, words))
    assert outline.open == []
    assert outline.counts["tbody"] == len(exported.sites)
    assert outline.counts["caption"] == 1
    assert "img" not in outline.counts


def test_at_most_three_things_to_measure_are_listed_for_a_site(exported, words):
    text = offline_map.panel(exported, words)
    listed = [part.split("</ol>")[0].count("<li>") for part in text.split("<ol>")[1:]]
    assert listed
    assert max(listed) == offline_map.SUGGESTED


def test_only_a_demonstration_has_the_banner(exported, demonstrated, thai):
    assert 'role="note"' not in offline_map.panel(exported, thai)
    assert 'role="note"' in offline_map.panel(demonstrated, thai)


def test_what_the_file_rests_on_stands_at_its_end(exported, thai):
    end = offline_map.panel(exported, thai).split("<dl>")[1]
    assert all(text.replace("'", "&#39;") in end for text in exported.about.values())
