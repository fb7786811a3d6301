"""Open a page by its address, as a link or a bookmark does: without the first page before it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any
from unittest import mock

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.testing.v1 import AppTest, local_script_runner

MENU = Path(__file__).parents[2] / "app_pages" / "menu.py"


class _Messages(ForwardMsgQueue):
    """What a page was sent; a run that draws single parts anew leaves the others as they are."""

    def __init__(self, before: Collection[ForwardMsg], parts: MemoryFragmentStorage) -> None:
        super().__init__()
        self._before, self._parts = [*before], parts

    def clear(self, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None) -> None:
        """Forget what will be drawn anew, parts within the parts too."""
        if fragment_ids_this_run is not None:
            self._queue, self._before = [*self._before, *self._queue], []
            within = {msg.delta.fragment_id for msg in self._queue} - {""}
            drawn = {one for one in within if self._parts.has_ancestor_in(one, fragment_ids_this_run)}
            fragment_ids_this_run = sorted({*fragment_ids_this_run, *drawn})
        super().clear(retain_lifecycle_msgs, fragment_ids_this_run)

    @property
    def kept(self) -> list[ForwardMsg]:
        """What is on the page."""
        return [msg for msg in self._queue if msg.HasField("delta")]


class Page(AppTest):
    """A page that keeps, as a browser does, what a run does not draw anew."""

    _sent: Collection[ForwardMsg] = ()

    def _run(self, *args: Any, **kwargs: Any) -> AppTest:
        messages = _Messages(self._sent, self._fragment_storage)
        with mock.patch.object(local_script_runner, "ForwardMsgQueue", lambda: messages):
            page = super()._run(*args, **kwargs)
        self._sent = messages.kept
        return page


def opened(page: str = "", **address: str | list[str]) -> AppTest:
    """Return a page as it first shows; the first page if none is named. `address` is the query of the URL."""
    app = Page(MENU, default_timeout=120)
    if page:
        app.switch_page(page)
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()
