"""What the program runs on is known: version, licence and published weaknesses of every package."""

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from audits import __main__ as program
from audits.doctor import bill_of_materials

# licences under which a municipality may run and pass on the program
PERMITTED = re.compile(
    r"(?i)MIT|BSD|Apache|PSF|Python Software Foundation|ISC|OFL|MPL|Mozilla|Zlib|CC0|LGPL|Unlicense|HPND|BSL|3-Clause"
)
FORBIDDEN = re.compile(r"(?i)(?<!L)\bGPL|AGPL|SSPL|non-?commercial|proprietary")
# their metadata name none; read in their repositories
NAMED_ELSEWHERE = {"pyxform": "BSD-2-Clause", "streamlit-folium": "MIT"}


@pytest.fixture(scope="module")
def found() -> dict[str, bill_of_materials.Component]:
    return bill_of_materials.components(bill_of_materials.pinned())


def test_every_pinned_package_and_what_it_needs_is_listed_with_its_version(
    found: dict[str, bill_of_materials.Component],
) -> None:
    for one in bill_of_materials.pinned():
        assert one.specifier.contains(found[bill_of_materials.normalised(one.name)].version)
    assert {"psycopg-binary", "h11", "markupsafe"} <= set(found)


def test_every_licence_may_be_used_and_passed_on(found: dict[str, bill_of_materials.Component]) -> None:
    for one in found.values():
        licence = one.licence or NAMED_ELSEWHERE.get(one.name, "")
        assert PERMITTED.search(licence), f"{one.name}: {licence!r}"
        assert not FORBIDDEN.search(licence), f"{one.name}: {licence!r}"


def test_no_installed_version_has_a_weakness_that_is_known(found: dict[str, bill_of_materials.Component]) -> None:
    known = bill_of_materials.advisories()
    assert bill_of_materials.affected(found.values(), known) == []
    assert {each.package for each in known} <= set(found), "an advisory of a package that is not used"
    old = bill_of_materials.Component("jinja2", "3.1.5", "", ())
    assert [each.advisory for _, each in bill_of_materials.affected([old], known)] == ["CVE-2025-27516"]


def test_the_command_writes_cyclonedx(tmp_path: Path) -> None:
    file = tmp_path / "sbom.json"
    result = CliRunner().invoke(program.application, ["sbom", str(file), "--json"])
    assert result.exit_code == 0, result.output
    bill = json.loads(file.read_text("utf-8"))
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.5", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bill["serialNumber"])
    assert dt.datetime.fromisoformat(bill["metadata"]["timestamp"]).tzinfo
    references = [one["bom-ref"] for one in bill["components"]]
    assert len(references) == len(set(references)) == json.loads(result.stdout)["components"]
    for one in bill["components"]:
        assert one["purl"] == f"pkg:pypi/{one['name']}@{one['version']}"
    known = {*references, "jaidee"}
    for one in bill["dependencies"]:
        assert {one["ref"], *one["dependsOn"]} <= known
