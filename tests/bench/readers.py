"""Readers without a browser: a session each, over the websocket that Streamlit's own page speaks.

Fifty browsers do not fit on a computer; fifty of these do. A reader asks for a page as a browser
does, keeps which large messages it has had, and knows what stands on its page.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Common_pb2 import FileURLsRequest
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 120  # seconds that a page may take before it counts as an error
AGAIN = ForwardMsg.FINISHED_EARLY_FOR_RERUN

T = TypeVar("T")


class Faulty(Exception):
    """A page that stopped on an error, was not found, or did not end."""


class Reader:
    """One open session: its page, what stands on it, and what it has been sent."""

    def __init__(self, server: str, socket: ClientConnection) -> None:
        self.server, self._socket = server, socket
        self.received = 0  # bytes, so far
        self.page = self.query = self.session = self._hash = ""
        self._hashes: dict[str, str] = {}  # of pages, by address
        self._large: dict[str, Delta] = {}  # what a browser would keep
        self._widgets: dict[str, WidgetState] = {}
        self._shown: dict[tuple[int, ...], Any] = {}

    async def visit(self, page: str, query: str = "") -> float:
        """Go to a page; seconds until the server has sent all of it."""
        self._widgets.clear()
        self.page, self.query, self._hash = page, query, self._hashes.get(page, "")
        return await self._run()

    async def again(self) -> float:
        """Run the page once more, as after a click."""
        return await self._run()

    async def set(self, label: str, **value: Any) -> float:
        """Give a field its value, by its label; ``value`` as WidgetState has it."""
        self.put(label, **value)
        return await self._run()

    def put(self, label: str, **value: Any) -> None:
        """Fill in a field of a form, which runs nothing by itself."""
        name = self._element(label).id
        self._widgets[name] = WidgetState(id=name, **value)

    async def press(self, label: str) -> float:
        name = self._element(label).id
        self._widgets[name] = WidgetState(id=name, trigger_value=True)
        try:
            return await self._run()
        finally:
            self._widgets.pop(name, None)

    async def upload(self, label: str, name: str, content: bytes) -> float:
        """Put a file into a field for files."""
        await self._send(
            file_urls_request=FileURLsRequest(
                request_id="file", file_names=[name], session_id=self.session
            )
        )
        answer = await self._until("file_urls_response")
        [place] = answer.file_urls_response.file_urls
        async with httpx.AsyncClient(base_url=self.server) as client:
            await client.get("/_stcore/health")
            token = client.cookies.get("_streamlit_xsrf") or ""
            sent = await client.put(
                place.upload_url, files={"file": (name, content)}, headers={"X-Xsrftoken": token}
            )
            sent.raise_for_status()
        info = {"name": name, "size": len(content), "file_id": place.file_id, "file_urls": place}
        return await self.set(label, file_uploader_state_value={"uploaded_file_info": [info]})

    def text(self) -> str:
        """All words and HTML on the page; of a metric its label, a tab and its figure."""
        kinds = ((one, one.WhichOneof("type")) for one in self._shown.values())
        shown = (getattr(one, kind) for one, kind in kinds if kind)
        parts = ([getattr(one, name, "") for name in ("label", "body")] for one in shown)
        return "\n".join("\t".join(filter(None, part)) for part in parts)

    def kinds(self) -> frozenset[str]:
        """What kinds of element stand on the page, as Streamlit names them."""
        return frozenset(one.WhichOneof("type") or "" for one in self._shown.values())

    # ---- the protocol ----

    def _element(self, label: str) -> Any:
        for one in self._shown.values():
            found = getattr(one, one.WhichOneof("type") or "empty")
            if getattr(found, "label", None) == label and found.id:
                return found
        raise Faulty(f"{self.page}: nothing is called {label!r}")

    async def _send(self, **message: Any) -> None:
        await self._socket.send(BackMsg(**message).SerializeToString())

    async def _run(self) -> float:
        start = time.perf_counter()
        await self._send(
            rerun_script=ClientState(
                query_string=self.query,
                page_script_hash=self._hash,
                page_name="" if self._hash else self.page,
                widget_states=WidgetStates(widgets=self._widgets.values()),
                cached_message_hashes=self._large,
            )
        )
        while (await self._until("script_finished")).script_finished == AGAIN:
            pass
        return time.perf_counter() - start

    async def _until(self, kind: str) -> ForwardMsg:
        async with asyncio.timeout(PATIENCE):
            while True:
                data = await self._socket.recv()
                assert isinstance(data, bytes)
                self.received += len(data)
                message = ForwardMsg.FromString(data)
                self._take(message)
                if message.WhichOneof("type") == kind:
                    return message

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id or self.session
            self._shown.clear()
        elif kind == "navigation":
            self._hashes = {
                p.url_pathname: p.page_script_hash for p in message.navigation.app_pages
            }
            self._hash = message.navigation.page_script_hash
        elif kind == "page_not_found":
            raise Faulty(f"{self.page}: not found")
        elif kind in ("delta", "ref_hash"):
            self._place(message)

    def _place(self, message: ForwardMsg) -> None:
        known = message.WhichOneof("type") == "ref_hash"
        delta = self._large[message.ref_hash] if known else message.delta
        if message.metadata.cacheable:
            self._large[message.hash] = delta
        path = tuple(message.metadata.delta_path)
        if delta.WhichOneof("type") != "new_element":
            self._shown = {at: it for at, it in self._shown.items() if at[: len(path)] != path}
            return
        self._shown[path] = delta.new_element
        if delta.new_element.WhichOneof("type") == "exception":
            raise Faulty(f"{self.page}: {delta.new_element.exception.type}")


@asynccontextmanager
async def reader(server: str, page: str = "", query: str = "") -> AsyncIterator[Reader]:
    """A new session that has come to a page."""
    address = f"{server.replace('http', 'ws', 1)}/_stcore/stream"
    async with connect(address, subprotocols=["streamlit"], max_size=None) as socket:  # type: ignore[list-item]
        found = Reader(server, socket)
        await found.visit(page, query)
        yield found


async def publish(officer: Reader, file: Path | str, content: bytes, why: str) -> None:
    """Upload a file on the page of uploads and publish it, as an officer does."""
    await officer.visit("upload")
    await officer.upload("CSV files", str(file), content)
    officer.put("Your role", string_value="Performance officer")
    officer.put(_reason(officer.text().splitlines()), string_value=why)
    if "I have looked at the warnings." in officer.text():
        officer.put("I have looked at the warnings.", bool_value=True)
    await officer.press("Publish")
    if "is published as load" not in officer.text():
        raise Faulty(f"upload: {officer.text()[:2000]}")


def _reason(words: Iterable[str]) -> str:
    labels = ("Reason for the change", "Note on the warnings", "Note (optional)")
    return next(label for label in labels if label in words)
