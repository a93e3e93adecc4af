"""Redis or S3 with the token, the video and the events on it, and what befalls them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests import redis_faults, redis_server
from tests.chaos.matrix.faults import Fault
from tests.s3 import ENVIRON, S3
from tiktok_bridge_redis.store import RedisTokenStore
from tiktok_bridge_s3 import clients, streams

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.chaos.matrix.world import World
    from tests.redis_server import Server

KEY: Final = "clip.mp4"


def _move(world: World, tokens: str, events: str, video: str) -> None:
    """Let the installation keep everything but its ledger and keys elsewhere."""
    world.studio.configure("file:state/tokens", f'"{tokens}"')
    world.studio.configure('"file:state/events.jsonl"', f'"{events}"')
    posts = world.studio.folder / "posts.yaml"
    text = posts.read_text()
    posts.write_text(text.replace(f"video: {world.video}", f'video: "{video}"'))
    world.log_in("acme", **({"expires_in": 1} if world.stage == "token" else {}))


class _Remote:
    """Moves the installation to a server, which the fault strikes once."""

    def __init__(
        self, begin: Callable[[Any], object], repair: Callable[[Any], object]
    ) -> None:
        self._begin = begin
        self._repair = repair
        self._is_struck = False
        self._server: Any = None

    def fault(self, prepare: Callable[[World], object]) -> Fault:
        """Return what strikes the server that *prepare* returns."""

        def prepared(world: World) -> None:
            self._server, self._is_struck = prepare(world), False

        return Fault(
            prepare=prepared,
            happen=self._happen,
            repair=self._mend,
            at_start=True,
            early=True,
            times=1,
        )

    def _happen(self, _: World) -> None:
        self._is_struck = True
        self._begin(self._server)

    def _mend(self, _: World) -> None:
        if self._is_struck:
            self._repair(self._server)


def _redis(world: World) -> Server:
    defaults: dict[str, object] = RedisTokenStore.__init__.__kwdefaults__ or {}
    world.patch.setitem(defaults, "patience", 0.1)
    server = world.start(redis_server.running(*redis_faults.DURABLE))
    with server.client() as client:
        client.set(KEY, world.media.read_bytes())
    timeout = "timeout=0.3"
    _move(
        world,
        server.url(timeout),
        server.url(f"stream=tiktok&{timeout}"),
        server.url(f"key={KEY}&{timeout}"),
    )
    return server


def _on_redis(name: str) -> Fault:
    found = redis_faults.FAULTS[name]
    return _Remote(found.begin, found.repair).fault(_redis)


def _evict(server: Server) -> None:
    with server.client() as client:
        client.config_set("maxmemory", "1gb")
        client.config_set("maxmemory-policy", "allkeys-lru")


def _keep(server: Server) -> None:
    with server.client() as client:
        client.config_set("maxmemory-policy", "noeviction")


def _s3(world: World) -> S3:
    for name, value in ENVIRON.items():
        world.patch.setenv(name, value)
    world.patch.setattr(clients, "TRIES", 1)
    world.patch.setattr(streams, "RESUMES", 1)
    s3 = world.s3().bucket()
    s3.put(KEY, world.media.read_bytes())
    reach: dict[str, object] = {"timeout": 1.3}  # of clients that no other test has
    _move(
        world,
        s3.url("tokens", lease=10, **reach),
        s3.url("events", **reach),
        s3.url(KEY, **reach),
    )
    return s3


def _calm(s3: S3) -> None:
    s3.proxy.forbidden = ""
    s3.proxy.faults.clear()
    s3.proxy.release.set()


def _refused(status: int) -> Fault:
    """Let S3 answer everything with *status*."""

    def begin(s3: S3) -> None:
        s3.proxy.forbidden_status, s3.proxy.forbidden = status, f"/{s3.bucket}"

    return _Remote(begin, _calm).fault(_s3)


def _next(**fault: object) -> Fault:
    """Let *fault* happen to the next reading."""
    return _Remote(lambda s3: s3.fail("GET", **fault), _calm).fault(_s3)


def _replaced() -> Fault:
    """Let another video of the same size stand where it stood."""
    kept: list[bytes] = []

    def prepare(world: World) -> S3:
        kept[:] = [world.media.read_bytes()]
        (world.folder / "other.mp4").write_bytes(_changed(kept[0]))
        return _s3(world)

    return _Remote(
        lambda s3: s3.put(KEY, _changed(kept[0])),
        lambda s3: s3.put(KEY, kept[0]),
    ).fault(prepare)


def _changed(content: bytes) -> bytes:
    return content[:-10] + b"0123456789"


FAULTS: Final = {
    "Redis down": _on_redis("killed"),
    "Redis slow": _on_redis("paused"),
    "Redis read-only replica": _on_redis("read-only"),
    "Redis out of memory": _on_redis("out of memory"),
    "Redis evicts": _Remote(_evict, _keep).fault(_redis),
    "S3 403": _refused(403),
    "S3 404": _refused(404),
    "S3 503": _refused(503),
    "S3 redirect": _refused(301),
    "S3 slow": _next(stall=True),
    "S3 200 with a short body": _next(cut_at=1000),
    "S3 ETag changes between ranges": _replaced(),
}
