"""A TikTok in this process, a line to it that fails on demand, and a clock for both."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter, deque
from contextlib import closing, suppress
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import httpx

from tiktok_bridge import AppSettings, Bridge, BusyError, Secret, Settings
from tiktok_bridge.ledger.limits import LIMITS
from tiktok_bridge.tiktok import token as tokens
from tiktok_bridge_sandbox import chunk_rules, endpoints, limits, urls
from tiktok_bridge_sandbox.app import build_app
from tiktok_bridge_sandbox.clock import Clock
from tiktok_bridge_sandbox.models import Backend
from tiktok_bridge_sandbox.sandbox import Sandbox
from tiktok_bridge_sandbox.scenarios import SCENARIOS
from tiktok_bridge_sandbox.uploads import Upload

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tiktok_bridge import Result
    from tiktok_bridge.host import Host
    from tiktok_bridge_sandbox.publishes import Publish

BASE: Final = "http://127.0.0.1:1"
START: Final = 1_800_000_000.0
ACCOUNT: Final = "acme"

CHUNK: Final = 100
"""Bytes of a chunk, while `small_megabytes` holds."""

NAMES: Final = {path: name for name, (_, path, _) in urls.ENDPOINTS.items()}

LUCK: Final = "nothing"

FAULTS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    LUCK: ("", {}),
    "refused 429": ("status", {"status": 429, "headers": {"retry-after": "7"}}),
    "refused 500": ("status", {"status": 500}),
    "refused 503": ("status", {"status": 503}),
    "refused 401": ("status", {"status": 401}),
    "never arrived": ("before", {"error": httpx.ConnectError}),
    "lost on the way": ("before", {"error": httpx.WriteError}),
    "reply lost": ("after", {"error": httpx.ReadError}),
    "killed before": ("before", {"dead": "here"}),
    "killed after": ("after", {"dead": "here"}),
    "unplugged before": ("before", {"dead": "elsewhere"}),
    "unplugged after": ("after", {"dead": "elsewhere"}),
    "overtaken before": ("before", {"overtaken": True}),
    "overtaken after": ("after", {"overtaken": True}),
}
"""What can happen to one request: when, and what."""

CODES: Final = {401: "access_token_invalid", 429: "rate_limit_exceeded"}

PAUSE: Final = 100.0
"""Seconds that an overtaken request takes: longer than a claim is kept."""


NO_PROCESS: Final = "99999999"
"""A process id that none has."""


class KilledError(BaseException):
    """Ends a bridge as SIGKILL would: nobody expects it."""


def small_megabytes(set_item: Callable[[dict[str, int], str, int], None]) -> None:
    """Let the sandbox take chunks of 50 bytes, with pytest's `setitem`."""
    set_item(chunk_rules.MEGABYTE, "decimal", CHUNK // 10)


def short_windows(set_item: Callable[[dict[str, int], str, int], None]) -> None:
    """Let both sides allow a fifth of the calls, so that a few are too many."""
    assert {name: limits.PER_MINUTE[name] for name in LIMITS} == LIMITS
    for allowed in (limits.PER_MINUTE, LIMITS):
        for name in LIMITS:
            set_item(allowed, name, max(allowed[name] // 5, 2))


class WrongClock:
    """The time of TikTok, and how far ours is ahead of it."""

    def __init__(self) -> None:
        self.true = START
        self.ahead = 0.0
        self.jumped_at = 0.0

    def now(self) -> float:
        return self.true + self.ahead

    def sleep(self, seconds: float) -> None:
        self.true += seconds

    def jump(self, seconds: float) -> None:
        """Set our clock to *seconds* ahead of the true time."""
        self.ahead, self.jumped_at = seconds, self.true


@dataclass
class Line(httpx.BaseTransport):
    """Brings the requests of one bridge to the sandbox, or does not."""

    world: World

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        name = NAMES[urlsplit(str(request.url)).path]
        assert isinstance(request.stream, httpx.SyncByteStream)
        body = b"".join(request.stream)
        self.world.count(name, request)
        queue = self.world.faults[name]
        when, what = FAULTS[queue.popleft() if queue else LUCK]
        if when == "status":
            return _refusal(name, **what)
        if when == "before":
            self._suffer(**what)
        response = self.world.process(request, body)
        if when == "after":
            self._suffer(**what)
        if response.status_code == 429 and not self.world.has_jumped():
            self.world.wrongs.append(f"{name}: TikTok itself had to say 429")
        return response

    def _suffer(
        self,
        error: type[httpx.TransportError] | None = None,
        *,
        overtaken: bool = False,
        dead: str = "",
    ) -> None:
        if overtaken:
            self.world.overtake()
        elif error:
            raise error("it broke")
        else:
            self.world.keep_claims(dead)
            raise KilledError


class World:
    """One installation with two processes, and the TikTok that it talks to."""

    def __init__(
        self, folder: Path, host: Host, media_root: Path, **switches: object
    ) -> None:
        self.clock = WrongClock()
        self._sandbox = Sandbox("audited", switches)
        self._sandbox.backend = self.tiktok = Backend(
            "audited",
            SCENARIOS["audited"],
            self._sandbox.backend.switches,
            Clock(lambda: self.clock.true),
            endpoints.NAMES,
        )
        self._asgi = httpx.ASGITransport(build_app(self._sandbox))
        self._loop = asyncio.new_event_loop()
        self._host = host
        self._settings = Settings(
            app=AppSettings(
                client_key="awlocalsandbox00",
                client_secret=Secret("local-sandbox-secret"),
            ),
            folder=folder,
            base_url=BASE,
            media_root=media_root,
        )
        self.faults: dict[str, deque[str]] = {name: deque() for name in endpoints.NAMES}
        self.wrongs: list[str] = []
        self._calls: Counter[tuple[str, str]] = Counter()
        self._windows: dict[tuple[str, str], deque[float]] = {}
        self._at_work: tuple[str, int] | None = None
        self._left: list[tuple[str, float, str]] = []
        self.bridges = [self._open(), self._open()]
        self.log_in()

    def close(self) -> None:
        """Close what was opened."""
        for bridge in self.bridges:
            bridge.close()
        self.tiktok.close()
        self._loop.close()

    def advance(self, post_id: str, which: int) -> Result | None:
        """Make one step with a post; None if nobody could, or if we died of it."""
        self._at_work = (post_id, which)
        try:
            return self.bridges[which].advance(post_id)
        except BusyError:
            return None
        except KilledError:
            self._restart(which)
            return None
        finally:
            self._at_work = None

    def overtake(self) -> None:
        """Let the other process go on with the post that is being worked on."""
        self.clock.sleep(PAUSE)
        if self._at_work is None:
            return
        (post_id, which), self._at_work = self._at_work, None
        with suppress(BusyError, KilledError):
            self.bridges[1 - which].advance(post_id)
        self._at_work = (post_id, which)

    def process(self, request: httpx.Request, body: bytes) -> httpx.Response:
        """Let the sandbox answer."""
        sent = httpx.Request(
            request.method, request.url, headers=request.headers, content=body
        )
        return self._loop.run_until_complete(self._answer(sent))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        response = await self._asgi.handle_async_request(request)
        body = await response.aread()
        headers = response.headers
        return httpx.Response(response.status_code, headers=headers, content=body)

    def count(self, name: str, request: httpx.Request) -> None:
        """Count the calls of each token in a minute, as TikTok documents it."""
        most = limits.PER_MINUTE.get(name)
        if most is None:
            return
        made = self._windows.setdefault(
            (name, request.headers["authorization"]), deque()
        )
        made.append(self.clock.true)
        while made[0] <= self.clock.true - limits.WINDOW:
            made.popleft()
        if len(made) > most and not self.has_jumped():
            self.wrongs.append(f"{name}: {len(made)} calls in a minute")

    def has_jumped(self) -> bool:
        """Tell whether our clock was set in the last minute: then nobody can count."""
        return self.clock.true - self.clock.jumped_at <= 2 * limits.WINDOW

    def log_in(self) -> None:
        """Let the creator log in again, and keep the token."""
        creator = self.tiktok.creators[ACCOUNT]
        app, now = self.tiktok.app.client_key, self.clock.true
        grant = self.tiktok.tokens.issue(creator, app, creator.account.scopes, now)
        answer = self.tiktok.tokens.as_response(grant)
        token = tokens.from_response(answer, self.clock.now())
        self.bridges[0].vault.save(ACCOUNT, token)

    def expire(self) -> None:
        """End every access token before its time."""
        for grant in self._grants():
            grant.access_until = min(grant.access_until, self.clock.true)

    def remove_app(self) -> None:
        """Let the creator end the app's access."""
        creator = self.tiktok.creators[ACCOUNT]
        self.tiktok.remove_access(creator, self.tiktok.app.client_key, 1)

    def knows(self, secret: Secret | None, *, renewal: bool = False) -> bool:
        """Tell whether a token still opens something at TikTok."""
        if secret is None:
            return False
        book = self.tiktok.tokens
        if renewal:
            grant = book._by_refresh.get(secret.reveal())  # noqa: SLF001 - nobody else tells
            return grant is not None and self.clock.true < grant.refresh_until
        grant = book._by_access.get(secret.reveal())  # noqa: SLF001 - nobody else tells
        return grant is not None and self.clock.true < grant.access_until

    def arrived(self, publish: Publish) -> bool:
        """Tell whether *publish* is a post, or becomes one by itself."""
        is_failed = publish.status(self.clock.true) == "FAILED"
        return publish.source.arrived_at is not None and not is_failed

    def publishes(self, marks: set[object]) -> list[Publish]:
        """Return what TikTok has under one of *marks*: sizes of videos, or URLs."""
        return [one for one in self.tiktok.publishes if _mark(one) in marks]

    def _grants(self) -> list[Any]:
        return list(self.tiktok.tokens._by_access.values())  # noqa: SLF001 - nobody else tells

    def _open(self) -> Bridge:
        line = Line(self)
        bridge = Bridge(self._settings, self._host, transport=line, clock=self.clock)
        vars(bridge)["_random"] = Random(0)  # noqa: S311 - the same in every run
        return bridge

    def keep_claims(self, machine: str) -> None:
        """Remember the claims of a process that dies now, here or elsewhere."""
        with closing(self._database()) as database:
            held = database.execute(
                "SELECT owner, owned_until, id FROM ledger_posts"
                " WHERE owner IS NOT NULL"
            ).fetchall()
        dead = [(owner.split("/"), *rest) for owner, *rest in held]
        if machine == "here":
            dead = [
                ((where, NO_PROCESS, one), *rest) for (where, _, one), *rest in dead
            ]
        else:
            dead = [((machine, pid, one), *rest) for (_, pid, one), *rest in dead]
        self._left = [("/".join(owner), *rest) for owner, *rest in dead]

    def _restart(self, which: int) -> None:
        """Start a process again that died, and did not give its claims back."""
        self.bridges[which].close()
        with closing(self._database()) as database, database:
            database.executemany(
                "UPDATE ledger_posts SET owner = ?, owned_until = ? WHERE id = ?",
                self._left,
            )
        self.bridges[which] = self._open()

    def _database(self) -> sqlite3.Connection:
        return sqlite3.connect(self._settings.ledger.removeprefix("sqlite:///"))


def _mark(publish: Publish) -> object:
    if isinstance(publish.source, Upload):
        return publish.source.plan.video_size
    return publish.source.plan.urls[0]  # type: ignore[attr-defined] # a pull's


def _refusal(
    name: str, *, status: int, headers: dict[str, str] | None = None
) -> httpx.Response:
    if name == "upload":
        return httpx.Response(status, headers=headers)
    code = CODES.get(status, "internal_error")
    error: object = {"code": code, "message": "Injected.", "log_id": "20260828035612A3"}
    body: dict[str, object] = {"error": error}
    if name in endpoints.OAUTH:
        body = {"error": "server_error", "error_description": "Injected."}
    return httpx.Response(status, headers=headers, json=body)
