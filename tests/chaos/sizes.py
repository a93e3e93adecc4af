"""Cut videos of many sizes, send some of them, and say which rules were broken."""

from __future__ import annotations

import hashlib
import json
import time
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Final

from tiktok_bridge import Bridge, Post, State, cli
from tiktok_bridge.cli import starter
from tiktok_bridge_sandbox.handle import TikTokSandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from tiktok_bridge.tiktok.chunks import ChunkPlan

    Planner = Callable[[int], ChunkPlan]

READINGS: Final = {"decimal": 1000, "binary": 1024}
"""What a kilobyte may be; TikTok does not say which it means."""

SMALLEST: Final = 12
"""Bytes of the shortest file whose head tells that it is a video."""

LARGEST: Final = 4 * 1024**3
"""4 GB in the reading that leaves more room."""

MARK_EVERY: Final = 1_000_003
"""Bytes between two marks in a large file; a prime, so that no chunk aligns."""

BLOCK: Final = 1024 * 1024


def limits() -> list[int]:
    """Return every documented limit in both readings of MB, in bytes.

    A thousand chunks of the smallest size are 5 GB, which no video reaches.
    """
    found = {1}
    for kilo in READINGS.values():
        found |= {number * kilo**2 for number in (5, 10, 64, 128)}
        found |= {4 * kilo**3, 1000 * 4 * kilo**2}
    return sorted(found)


def edges() -> list[int]:
    """Return each limit and the four sizes next to it, as far as there are such."""
    near = {limit + by for limit in limits() for by in range(-2, 3)}
    return sorted(size for size in near if 1 <= size <= LARGEST)


def draw_sizes(count: int) -> list[int]:
    """Return *count* sizes up to 4 GiB: of any magnitude, and of any value."""
    random = Random("sizes")  # noqa: S311 - the same in every run
    top = LARGEST.bit_length() - 1
    small = (int(2 ** random.uniform(0, top)) for _ in range(count // 2))
    return [*small, *(random.randint(1, LARGEST) for _ in range(count - count // 2))]


def broken(plan: ChunkPlan, kilo: int) -> list[str]:
    """Name what the media transfer guide, or a recorded refusal, says against *plan*.

    Written from the fact sheet's table of chunk rules, row by row.
    """
    mega = kilo**2
    size, chunk, count = plan.video_size, plan.chunk_size, plan.total_chunk_count
    lengths = [chunk] * (count - 1) + [size - chunk * (count - 1)]
    first, last = lengths[:-1], lengths[-1]
    rules = {
        "total_chunk_count is floor(video_size / chunk_size)": count * chunk <= size
        and size - count * chunk < chunk,
        "each chunk has 5 MB to 64 MB": all(
            5 * mega <= length <= 64 * mega for length in first
        ),
        "the last takes the rest, up to 128 MB": 0 < last <= 128 * mega,
        "under 5 MB: one chunk as large as the video": size >= 5 * mega
        or (count, chunk) == (1, size),
        "over 64 MB: several chunks": size <= 64 * mega or count > 1,
        "1 to 1000 chunks": 1 <= count <= 1000,
        "one chunk: chunk_size is video_size": count > 1 or chunk == size,
        "158 MB in one chunk was refused": chunk <= 64 * mega,
    }
    return [rule for rule, is_kept in rules.items() if not is_kept]


def gaps(size: int, chunks: Iterable[tuple[int, int]]) -> list[str]:
    """Name where *chunks*, put together, are not the *size* bytes in order."""
    bounds = [(0, 0), *chunks, (size, size)]
    return [f"{a[1]} then {b[0]}" for a, b in pairwise(bounds) if a[1] != b[0]]


def faults(sizes: Iterable[int], plan_chunks: Planner) -> Iterator[str]:
    """Yield what is wrong with the plan of each of *sizes*."""
    for size in sizes:
        plan = plan_chunks(size)
        wrong = {rule for kilo in READINGS.values() for rule in broken(plan, kilo)}
        wrong |= set(gaps(size, plan.chunks()))
        yield from (f"{size}: {one}" for one in sorted(wrong))


class Film:
    """One file that begins as a video, never repeats, and becomes any size."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        noise = Random(size)  # noqa: S311 - filler
        with path.open("wb") as file:
            file.write(b"\x00\x00\x00\x0cftypmp42")
            while (left := size - file.tell()) > 0:
                file.write(noise.randbytes(min(left, BLOCK)))

    def grow(self, size: int) -> None:
        """Make it *size* bytes long: sparse, but for marks that tell their place."""
        with self.path.open("r+b") as file:
            first = file.seek(0, 2)
            file.truncate(size)
            for place in range(first, size - 8, MARK_EVERY):
                file.seek(place)
                file.write(place.to_bytes(8, "big"))

    def cut(self, size: int) -> None:
        """Keep the first *size* bytes."""
        with self.path.open("r+b") as file:
            file.truncate(size)

    def digests(self, sizes: Iterable[int]) -> dict[int, str]:
        """Return the SHA-256 of the first bytes, for each of *sizes*."""
        found, digest = {}, hashlib.sha256()
        with self.path.open("rb") as file:
            for size in sorted(set(sizes)):
                while (left := size - file.tell()) > 0:
                    digest.update(file.read(min(left, BLOCK)))
                found[size] = digest.hexdigest()
        return found


class HastyClock:
    """Does not wait: the time has come."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        return time.time() + self._ahead

    def sleep(self, seconds: float) -> None:
        self._ahead += seconds


class Shipper:
    """A folder whose film is sent to a sandbox in one size after the other."""

    def __init__(self, folder: Path, base_url: str, longest: int) -> None:
        self.sandbox = TikTokSandbox(base_url)
        self._clock = HastyClock()
        starter.write(folder, starter.sandbox_app(base_url))
        token, config = folder / "token.json", folder / "bridge.yaml"
        token.write_text(json.dumps(self.sandbox.token()))
        cli.run(["--config", str(config), "auth", "import", "acme", str(token)])
        self.film = Film(folder / "media" / "film.mp4", longest)
        self.bridge = Bridge.from_config(config, clock=self._clock)

    def ship(self, sizes: Iterable[int]) -> list[str]:
        """Send the film in each of *sizes*, longest first; say what did not arrive."""
        ordered = sorted(set(sizes), reverse=True)
        wanted = self.film.digests(ordered)
        for size in ordered:
            self.film.cut(size)
            self._send(size)
        self.bridge.close()
        arrived = {
            one["video_size"]: one["sha256"]
            for one in self.sandbox.state()["publishes"]
            if one["status"] == "PUBLISH_COMPLETE"
        }
        return [f"{size}" for size in ordered if arrived.get(size) != wanted[size]]

    def _send(self, size: int) -> None:
        post = Post(id=f"{size}", account="acme", video="film.mp4", privacy="SELF_ONLY")
        self.bridge.ledger.accept([(post, size)])
        result = self.bridge.advance(post.id)
        while result.next_at is not None or result.state == State.UPLOADING:
            self._clock.sleep(max((result.next_at or 0.0) - self._clock.now(), 0.0))
            result = self.bridge.advance(post.id)
