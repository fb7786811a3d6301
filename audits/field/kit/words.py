"""List the phrases of the offline kit by the key under which its scripts ask for them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from audits import wording

# A script has no catalogue to look into, so each kit carries these phrases in both languages.
WORDS: Mapping[str, str] = json.loads((Path(__file__).parent / "words.json").read_text("utf-8"))
NO_SCRIPT = wording.phrase("This page needs JavaScript; allow it in the browser.")
