"""Listen on this machine for the redirect of one login."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from tiktok_bridge.cli.page import Page
from tiktok_bridge.cli.port import listen
from tiktok_bridge.cli.visit import BadRequestError, Visit
from tiktok_bridge.config.redirect import with_port
from tiktok_bridge.errors import LoginError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import h11

    Judge = Callable[[str], Page | None]

MAX_QUERY: Final = 8 * 1024
"""Longest query that is read, in characters; TikTok's have a few hundred."""

MAX_VISITS: Final = 100
"""Connections at once; for a further one the oldest is dropped, so that nobody can
fill the room and keep the redirect out."""

REQUEST_TIMEOUT: Final = 10.0
"""Seconds that a browser has for its whole request, however it spreads it."""

ANSWER_TIMEOUT: Final = 5.0
"""Seconds that a browser has to take its page."""

FAREWELL: Final = 0.5
"""Seconds in which other visitors learn that the login is over."""

ELSEWHERE: Final = (
    "The terminal says how it ended, and so does the tab that came first."
)

HTTP_PORT: Final = 80
"""The port that browsers leave out."""


class Loopback:
    """A server for one redirect, on loopback alone.

    Visitors are served side by side, so that none can keep the redirect waiting. Use
    it in a `with` block.

    Args:
        redirect_uri: Where TikTok sends the person; with an open port, a free one is
            taken.

    Attributes:
        redirect_uri: The same with the port that listens.

    Raises:
        BusyError: Another program has the port.
    """

    def __init__(self, redirect_uri: str) -> None:
        parts = urlsplit(with_port(redirect_uri, 0))
        host = parts.hostname or ""
        self._sockets = listen(host, parts.port or 0)
        port = self._sockets[0].getsockname()[1]
        self.redirect_uri = with_port(redirect_uri, port)
        self._path = parts.path
        self._hosts = {f"{host}:{port}", *([host] if port == HTTP_PORT else ())}
        self._runner = asyncio.Runner()
        self._servers: list[asyncio.Server] = []
        self._visits: dict[asyncio.Task[None], Visit] = {}
        self._guest: Visit | None = None
        self._is_over = False

    def __enter__(self) -> Self:
        self._runner.get_loop()  # made before anybody can press Ctrl-C in the midst
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._close())
        self._runner.close()

    def wait(self, judge: Judge, timeout: float) -> str:
        """Return the first query for which *judge* returns None.

        Other visitors get the page that it returns, and the waiting goes on. The one
        whose query is returned waits for `answer`.

        Raises:
            LoginError: None came within *timeout* seconds.
        """
        try:
            return self._runner.run(self._wait(judge, timeout))
        except asyncio.CancelledError:  # Ctrl-C came in the middle of something
            raise KeyboardInterrupt from None
        except TimeoutError:
            raise LoginError(
                f"nobody came back from TikTok within {timeout:g} s",
                hint="if TikTok's page said that something went wrong, the app's"
                " settings are wrong, and only the address of that page says why: give"
                " it to `tiktok-bridge doctor explain`, in quotes, or run the command"
                " again with --paste, and paste it",
            ) from None

    def answer(self, page: Page) -> None:
        """Give *page* to the visitor whose query was returned."""
        self._runner.run(self._answer(page))

    async def _wait(self, judge: Judge, timeout: float) -> str:  # noqa: ASYNC109 - the whole waiting
        arrival: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        async def meet(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            visit = Visit(reader, writer)
            if self._is_over:
                visit.close()
                return
            with self._among_the_visits(visit):
                await self._meet(visit, judge, arrival)

        for one in self._sockets:
            self._servers.append(await asyncio.start_server(meet, sock=one))
        async with asyncio.timeout(timeout):
            return await arrival

    @contextmanager
    def _among_the_visits(self, visit: Visit) -> Iterator[None]:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - the server started one
        if len(self._visits) >= MAX_VISITS:
            next(iter(self._visits.values())).close()
        self._visits[task] = visit
        try:
            yield
        finally:
            del self._visits[task]

    async def _meet(
        self, visit: Visit, judge: Judge, arrival: asyncio.Future[str]
    ) -> None:
        """Serve one visitor; the awaited one is kept for `answer`."""
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT):
                found = await self._find(visit, judge, is_over=arrival.done)
            if isinstance(found, str):
                self._guest = visit
                arrival.set_result(found)
            elif found:
                async with asyncio.timeout(ANSWER_TIMEOUT):
                    await visit.answer(found)
        except (TimeoutError, OSError):
            pass  # it did not ask, or did not listen
        finally:
            if self._guest is not visit:
                visit.close()

    async def _find(
        self, visit: Visit, judge: Judge, is_over: Callable[[], bool]
    ) -> str | Page | None:
        """Return the query that was awaited, or the page for another request."""
        try:
            request = await visit.request()
        except BadRequestError as error:
            return Page(error.status, "This is no request that can be read")
        if request is None:
            return None
        query = self._query(request)
        if isinstance(query, Page):
            return query
        if is_over():
            return Page(409, "This login has been finished already", (ELSEWHERE,))
        return judge(query) or query

    def _query(self, request: h11.Request) -> str | Page:
        """Return the query of a redirect, or the page for what is none."""
        path, _, query = request.target.decode("ascii").partition("?")
        hosts = [value for name, value in request.headers if name == b"host"]
        if [host.decode("latin-1").lower() for host in hosts] not in (
            [host] for host in self._hosts
        ):
            return Page(400, "This is not the address of the login")
        if path != self._path:
            return Page(404, "There is nothing here")
        if request.method != b"GET":
            return Page(405, "Only GET is answered here")
        if len(query) > MAX_QUERY:
            return Page(414, "This address is too long")
        return query

    async def _answer(self, page: Page) -> None:
        guest, self._guest = self._guest, None
        if guest:
            with suppress(TimeoutError, OSError):
                async with asyncio.timeout(ANSWER_TIMEOUT):
                    await guest.answer(page)
            guest.close()
        if self._visits:
            await asyncio.wait(set(self._visits), timeout=FAREWELL)

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        for one in self._sockets:
            one.close()
        if self._guest:
            self._guest.close()
        await self._see_off()

    async def _see_off(self) -> None:
        """Let every visit end by itself: one that is cancelled is reported."""
        self._is_over = True
        for visit in self._visits.values():
            visit.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL):
                while rest := asyncio.all_tasks() - {asyncio.current_task()}:
                    await asyncio.wait(rest)
