"""Send as phones do: through the door of the kit or of ODK Collect, again and again until the office has thanked."""

from __future__ import annotations

import base64
import contextlib
import http.client
import io
import json
import random
import time
import uuid
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from tests.field.kit import kit_lines
from tests.field.odk import exports
from tests.fuzz import doors

PATIENCE_S, PAUSE_S, GIVES_UP_S = 30.0, 0.1, 120.0
TAKEN_IN = ("accepted", "correction", "same")


def picture(number: int, side: int = 48) -> bytes:
    """Return a JPEG that no other number gives, `side` pixels long, about as large as a real photo of that size."""
    draw = np.random.default_rng(number)
    rough = Image.fromarray(draw.integers(0, 255, (max(3, side // 24), max(4, side // 18), 3), dtype=np.uint8))
    written = io.BytesIO()
    rough.resize((side, side * 3 // 4), Image.Resampling.BICUBIC).save(written, "JPEG", quality=80)
    return written.getvalue()


@dataclass
class Phone:
    """One device with the name and secret of a technician.

    Parameters
    ----------
    port
        Of the office on this machine.
    name, secret
        As the engineers gave them.
    tries
        Requests made, those that failed included.
    longest_s
        Longest wait for one answer.
    gives_up_s
        For so long it asks again.
    """

    port: int
    name: str
    secret: str
    tries: int = 0
    longest_s: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    gives_up_s: float = GIVES_UP_S
    _line: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, bytes]:
        """Ask once over a line that is kept open.

        Raises
        ------
        OSError, http.client.HTTPException
            When the line breaks.
        """
        login = base64.b64encode(f"{self.name}:{self.secret}".encode()).decode()
        headers = {"Authorization": f"Basic {login}", **({"Content-Type": kind} if kind else {})}
        self.tries += 1
        begun = time.perf_counter()
        try:
            self._line = self._line or http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
            self._line.request(method, path, body, headers)
            answer = self._line.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.hang_up()
            raise
        self.longest_s = max(self.longest_s, time.perf_counter() - begun)
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        return answer.status, content

    def hang_up(self) -> None:
        """Close the line."""
        if self._line is not None:
            self._line.close()
        self._line = None

    def until_answered(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, bytes]:
        """Ask until an answer comes that is final: neither a broken line nor *try again*.

        Raises
        ------
        TimeoutError
            When none came for as long as nobody would wait.
        """
        until, status = time.monotonic() + self.gives_up_s, 0
        while time.monotonic() < until:
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, content = self.ask(method, path, body, kind)
                if status not in (429, 503):
                    return status, content
            time.sleep(random.uniform(0.5, 1.5) * PAUSE_S)
        raise TimeoutError(f"{method} {path}: no answer but {status}")

    def kit_photo(self, content: bytes) -> None:
        """Send one photo as the kit does."""
        status, told = self.until_answered("PUT", f"/field/api/photos/{kit_lines.name_of(content)}", content)
        assert (status, json.loads(told)["outcome"]) == (200, "kept"), (status, told)

    def kit_record(self, record: dict[str, object]) -> None:
        """Send one record as the kit does."""
        status, told = self.until_answered("POST", "/field/api/surveys", kit_lines.text(record).encode())
        answer = json.loads(told)
        assert (status, answer["outcome"] in TAKEN_IN, answer["missing_photos"]) == (200, True, []), (status, told)

    def collect(self, survey_id: str, photo: bytes) -> None:
        """Send one submission with one photo as ODK Collect does."""
        submission = exports.xml(
            exports.Visit(root=survey_id, version=survey_id).but(start=kit_lines.this_hour(), end=None)
        )
        body = doors.multipart(submission, {exports.PHOTO: photo})
        kind = f"multipart/form-data; boundary={doors.BOUNDARY}"
        status, told = self.until_answered("POST", "/openrosa/submission", body, kind)
        assert status == 201, (status, told)
        assert "KK-001" in (ET.fromstring(told).findtext(doors.MESSAGE) or ""), told


def new_id() -> str:
    """Return an id as phones make them."""
    return f"uuid:{uuid.uuid4()}"
