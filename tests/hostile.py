"""Texts that mean something to Markdown, HTML, Typst, XML, a spreadsheet or a shell; names and notes are data."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

from audits import roles
from audits.store import town
from audits.store.accounts import accounts
from audits.store.db import connection, workspace
from audits.store.register import changes
from audits.store.surveys import quarantine, read, reviews, submit

SITE = "KK-001"

TEXTS = (
    "# heading04",
    "**bold01**",
    "*italic02*",
    "_under03_",
    "- item05",
    "1. number06",
    "> quote07",
    "`code08`",
    "~~gone09~~",
    "![picture10](http://evil.example/10.png)",
    "[link11](http://evil.example/11)",
    "<http://evil.example/12>",
    "http://evil.example/13",
    "www.evil14.example",
    "a15@evil.example",
    ":red[colour16]",
    ":material/home: icon17",
    ":smile: emoji18",
    "$x_{19}$ formula",
    "$$y_{20}$$",
    "| a21 | b |",
    "[^22]",
    "&lt;b&gt;23",
    "&#60;script24&#62;",
    "<script>alert(25)</script>",
    "<img src=x onerror=alert(26)>",
    '"><svg onload=alert(27)>',
    "'onmouseover='alert(28)'",
    "</script><b>29</b>",
    "<!-- comment30 -->",
    "]]><x31/>",
    "&entity32;",
    '=HYPERLINK("http://evil.example/33")',
    "+1+33+cmd|' /C calc'!A34",
    "-2+3+35",
    "@SUM(A36)",
    "\t=1+37",
    '#image("x38") #strong[y]',
    "*b39* $y$ @ref <label>",
    '#read("/etc/passwd")40',
    "\\u{41} \\ end",
    "{0} {name42} %s %(x)s",
    "{{ 7*7 }}43 {% raw %}",
    "'; DROP TABLE site; --44",
    "a\u202e45gpj.exe",
    "../../etc/passwd46",
    "null\u200b47\u2028line",
)
ALL = " ¶ ".join(" ".join(text.split()) for text in TEXTS)


def record(demonstration_folder: Path, folder: Path) -> Path:
    """Copy the demonstration and write every text into every name and note of some of its sites; return its folder."""
    place = workspace.Workspace(Path(shutil.copytree(demonstration_folder / "demonstration", folder / "workspace")))
    with connection.open_store(place) as store:
        town.choose(store, ALL, ALL, "102.7,16.3,103.0,16.6", "it")
        for code in (SITE, "KK-002", "SP-001"):
            names = {"name_th": ALL, "name_en": ALL, "street_th": ALL, "street_en": ALL}
            changes.change_site(store, code, names, ALL, ALL)
        for element_id in read.elements(store).query("site_code == @SITE").index:
            changes.change_element(store, element_id, {"label": ALL}, ALL, ALL)
        last = read.survey(store, str(read.surveys(store).query("site_code == @SITE")["survey_id"].iloc[-1]))
        for number in range(2):
            one = dataclasses.replace(last, survey_id=f"uuid:{number}", surveyor=ALL, note=ALL, supersedes=None)
            submit.submit(store, one, ALL)
        reviews.give_back(store, "uuid:1", ALL, {}, ALL)
        quarantine.hold(store, ALL, "0" * 64, ALL, [quarantine.HeldRow(1, ALL, (ALL,))], 0)
        accounts.add(store, "somchai", roles.ENGINEER, "it", ALL)
    return place.folder
