"""Files of the installation, and the video, that somebody damages or holds."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

from tests.chaos.matrix.answers import refusal
from tests.chaos.matrix.faults import Fault
from tiktok_bridge.config.posts import PostsFile
from tiktok_bridge.ledger import owner
from tiktok_bridge.models import PostKey

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.chaos.matrix.line import Exchange
    from tests.chaos.matrix.world import World

SECRET: Final = b"-----BEGIN PLANTED SECRET-----"
"""Content of a file that no video is."""

HOLD: Final = """\
import fcntl, sys
file = open(sys.argv[1], "a")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def _happens(world: World, _: Exchange) -> bool:
    world.fault.happen(world)
    return False


def record_of(world: World, account: str = "acme") -> Path:
    """Return the file with the token of *account*."""
    return world.state / "tokens" / f"{account}.record"


def _damaged(damage: Callable[[World, Path], object], **more: Any) -> Fault:  # noqa: ANN401 - fields of a fault
    """Let *damage* happen to the token's record."""

    def happen(world: World) -> None:
        damage(world, record_of(world))

    return Fault(happen=happen, strike=_happens, at_start=True, times=1, **more)


def _restored(damage: Callable[[World, Path], object]) -> Fault:
    """Let *damage* happen, until a person puts the files back from the backup."""
    kept: dict[Path, bytes] = {}

    def keep(world: World, record: Path) -> None:
        for path in (record, world.state / "keys.json"):
            kept[path] = path.read_bytes()
        damage(world, record)

    def repair(_: World) -> None:
        while kept:
            path, content = kept.popitem()
            path.write_bytes(content)
            path.chmod(0o600)

    return _damaged(keep, repair=repair)


def _flip(_: World, record: Path) -> None:
    content = bytearray(record.read_bytes())
    content[-20] ^= 1
    record.write_bytes(content)


def _newer(_: World, record: Path) -> None:
    sealed = json.loads(record.read_bytes())
    record.write_text(json.dumps(sealed | {"v": 2}))


def _other_key(world: World, _: Path) -> None:
    ring = world.state / "keys.json"
    content = json.loads(ring.read_text())
    key = base64.b64encode(os.urandom(32)).decode()
    ring.write_text(json.dumps(content | {"keys": [{"id": "other", "key": key}]}))


def _swap(world: World, record: Path) -> None:
    shutil.copy(record_of(world, "studio"), record)


def _previous_only(_: World, record: Path) -> None:
    if not record.with_suffix(".prev").exists():
        shutil.copy(record, record.with_suffix(".prev"))
    record.unlink()


def _second_account(world: World) -> None:
    world.log_in("studio")


def _locked(hold: Callable[[World], Callable[[], object]]) -> Fault:
    """Let *hold* take the account's lock when a renewal is about to need it."""
    release: list[Callable[[], object]] = []

    def happen(world: World) -> None:
        release.append(hold(world))

    def strike(world: World, exchange: Exchange) -> bool:
        happen(world)
        exchange.reply(refusal(exchange.stage, 401, "access_token_invalid"))
        return True

    def repair(_: World) -> None:
        while release:
            release.pop()()

    return Fault(happen=happen, strike=strike, repair=repair, at_start=True, times=1)


def _lock_of(world: World) -> Path:
    return world.state / "tokens" / "acme.lock"


def _by_the_dead(world: World) -> Callable[[], object]:
    arguments = [sys.executable, "-c", HOLD, str(_lock_of(world))]
    with subprocess.Popen(  # noqa: S603 - our own program
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        holder.kill()
    return lambda: None


def _by_the_living(world: World) -> Callable[[], object]:
    file = _lock_of(world).open("a")
    fcntl.flock(file, fcntl.LOCK_EX)
    return file.close


def _replaced(world: World) -> Callable[[], object]:
    release = _by_the_living(world)
    _lock_of(world).unlink()
    _lock_of(world).touch(0o600)
    return release


def _claimed(*, alive: bool) -> Fault:
    """Let another process have the claim on the post when the run begins."""
    kept: list[object] = []

    def happen(world: World) -> None:
        bridge = world.studio.bridge()
        file = world.studio.folder / "posts.yaml"
        (post,) = PostsFile.read(file).posts
        bridge.ledger.accept([(post, world.media.stat().st_size)])
        if not alive:
            world.patch.setattr(owner, "is_dead", lambda _: True)
        claim = bridge.ledger.claims.hold(PostKey("acme", "one"))
        claim.__enter__()
        kept.extend([bridge, claim])

    def repair(_: World) -> None:
        claim, bridge = kept.pop(), kept.pop()
        claim.__exit__(None, None, None)  # type: ignore[attr-defined] # see above
        bridge.close()  # type: ignore[attr-defined] # see above

    return Fault(happen=happen, repair=repair, at_start=True, times=1)


def _media(change: Callable[[World], object]) -> Fault:
    """Let *change* happen to the video; a person puts the old one back."""

    def happen(world: World) -> None:
        world.line.planted.append(SECRET)
        shutil.copy(world.media, world.folder / "kept.mp4")
        change(world)

    def repair(world: World) -> None:
        _replace(world, world.folder / "kept.mp4")

    return Fault(happen=happen, repair=repair, at_start=True, early=True, times=1)


def _replace(world: World, other: Path) -> None:
    aside = world.media.with_suffix(".new")
    shutil.copy(other, aside)
    aside.rename(world.media)


def _replaced_media(world: World) -> None:
    other = world.folder / "other.mp4"
    content = bytearray(world.media.read_bytes())
    content[-10:] = b"0123456789"
    other.write_bytes(content)
    _replace(world, other)


def _grown(world: World) -> None:
    _replace(world, world.media)  # it is a link to what other cells read too
    with world.media.open("ab") as file:
        file.write(b"more")
    shutil.copy(world.media, world.folder / "other.mp4")


def _fifo(world: World) -> None:
    world.media.unlink()
    os.mkfifo(world.media)


def _link(world: World) -> None:
    secret = world.folder / "secret.pem"
    secret.write_bytes(SECRET * 100)
    world.media.unlink()
    world.media.symlink_to(secret)


FAULTS: Final = {
    "store: a bit flipped": _damaged(_flip),
    "store: truncated": _damaged(lambda _, record: os.truncate(record, 100)),
    "store: empty": _damaged(lambda _, record: os.truncate(record, 0)),
    "store: newer version": _restored(_newer),
    "store: another key": _restored(_other_key),
    "store: accounts swapped": _damaged(_swap, prepare=_second_account),
    "store: .prev only": _damaged(_previous_only),
    "lock: of a dead process": _locked(_by_the_dead),
    "lock: of a living process": _locked(_by_the_living),
    "lock: file replaced": _locked(_replaced),
    "claim: of a dead process": _claimed(alive=False),
    "claim: of a living process": _claimed(alive=True),
    "video replaced": _media(_replaced_media),
    "video grows": _media(_grown),
    "video becomes a pipe": _media(_fifo),
    "video becomes a link": _media(_link),
}
