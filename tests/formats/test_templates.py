"""Templates escape what they are given, and their indentation does not reach the file."""

import jinja2
import pytest

from audits.formats import templates


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "page.html.j2"
    path.write_text(
        '<ul>\n  {% for each in names %}\n    <li title="{{ each }}">{{ each }}</li>\n  {% endfor %}\n</ul>\n'
    )
    return path


def test_lines_are_joined_without_the_space_around_them(template):
    assert templates.render(template, names=["a b"]) == '<ul><li title="a b">a b</li></ul>'


def test_lines_are_kept_where_space_between_elements_shows(template):
    assert templates.render_lines(template, names=["a"]) == '<ul>\n    <li title="a">a</li>\n</ul>'


def test_what_a_person_wrote_is_escaped(template):
    page = templates.render(template, names=["<script>\"'"])
    assert "<script>" not in page
    assert page.count("&lt;script&gt;&#34;&#39;") == 2


def test_a_name_that_is_not_given_is_refused(template):
    with pytest.raises(jinja2.UndefinedError, match="names"):
        templates.render(template)
