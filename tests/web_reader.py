"""Read the pages as a browser does, without one: a websocket that speaks Streamlit's protocol."""

from __future__ import annotations

import contextlib
import time
from types import TracebackType

import websockets
import websockets.asyncio.client
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from app_pages.web import sign_in


class Reader:
    """One open tab.

    Parameters
    ----------
    port
        Of the app on this machine.
    token
        Of the sign-in; empty where nobody signs in.
    """

    def __init__(self, port: int, token: str = "") -> None:
        self._host, self._token = f"127.0.0.1:{port}", token
        self._line: websockets.asyncio.client.ClientConnection | None = None
        self.bytes_read = 0

    async def __aenter__(self) -> Reader:
        cookies = {"Cookie": f"{sign_in.COOKIE}={self._token}"} if self._token else {}
        self._line = await websockets.asyncio.client.connect(
            f"ws://{self._host}/_stcore/stream",
            subprotocols=[websockets.Subprotocol("streamlit")],
            origin=websockets.Origin(f"http://{self._host}"),
            additional_headers=cookies,
            max_size=None,
            open_timeout=60,
            ping_interval=None,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._line is not None:
            with contextlib.suppress(OSError, websockets.WebSocketException):
                await self._line.close()

    async def page(self, name: str, query: str) -> tuple[float, list[str]]:
        """Ask for a page and wait until it is drawn whole.

        Returns
        -------
        tuple of float and list of str
            Seconds, and the texts that the page shows: paragraphs, headings, HTML.

        Raises
        ------
        websockets.ConnectionClosed
            When the server hangs up.
        """
        assert self._line is not None
        asked = BackMsg()
        asked.rerun_script.page_name, asked.rerun_script.query_string = name, query
        begun, said = time.perf_counter(), []
        await self._line.send(asked.SerializeToString())
        async for part in self._line:
            self.bytes_read += len(part)
            told = ForwardMsg.FromString(part if isinstance(part, bytes) else part.encode())
            if told.WhichOneof("type") == "script_finished":
                return time.perf_counter() - begun, said
            said += _texts(told)
        raise ConnectionError("the line ended before the page was drawn")


def _texts(told: ForwardMsg) -> list[str]:
    element = told.delta.new_element
    kind = element.WhichOneof("type")
    shown = getattr(element, kind) if kind else None
    return [str(getattr(shown, name)) for name in ("body", "label") if hasattr(shown, name)]
