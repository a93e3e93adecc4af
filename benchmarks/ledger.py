"""Measure a post's way through the ledger, with 10 posts in it and with 100,000.

Goal: at most 5 ms of CPU for all that one post does in the ledger, and at most 1.25
times as much with 100,000 posts as with 10. Both ledgers work in turns in one process,
on SQLite and, where its server is installed, on PostgreSQL; there the CPU of the
server's processes is shown beside ours.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests import postgres  # the server that the tests start
from tiktok_bridge import Post, State
from tiktok_bridge.clock import SystemClock
from tiktok_bridge.ledger.database import Database
from tiktok_bridge.ledger.ledger import Ledger
from tiktok_bridge.ledger.turns import Outcome, Turn
from tiktok_bridge.publish.report import event

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa

    from tiktok_bridge import Event
    from tiktok_bridge.ledger.entry import Entry

FEW, MANY = 10, 100_000
ROUNDS, POSTS = 15, 20
SIZE = 31_000_000
NOTIFIER: Final = "file:events.jsonl"

CPU_GOAL: Final = 5.0
"""Milliseconds of our CPU per post."""

FLAT_GOAL: Final = 1.25
"""CPU per post with many posts in the ledger, over that with few."""

TICK: Final = 1 / os.sysconf("SC_CLK_TCK")

STEPS: Final[tuple[tuple[Any, ...], ...]] = (
    (
        ("creator_info", "video_init"),
        (State.INIT_SENT, "asking TikTok to take 31000000 bytes in 3 chunk(s), direct"),
        (State.UPLOADING, "TikTok accepted it as v_pub_file~v2-1.7460000000000000001"),
    ),
    (
        (),
        (State.UPLOADING, None),
        (State.UPLOADING, None),
        (State.LAST_CHUNK_SENT, "sending the last chunk"),
        (State.PROCESSING, "TikTok has all 31000000 bytes"),
    ),
    (("status",), (State.PROCESSING, "TikTok says PROCESSING_UPLOAD")),
    (("status",), (State.PUBLISHED, "TikTok says PUBLISH_COMPLETE")),
)
"""What `advance` does to a post of three chunks: calls to count, then moves."""

MOVES: Final = 1 + sum(len(moves) for _, *moves in STEPS)

OLD_MOVES: Final = """
INSERT INTO ledger_history (account, id, at, state, note)
SELECT account, id, created_at, state, 'a move of long ago' FROM ledger_posts
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one post, in milliseconds."""

    ours: float
    servers: float
    elapsed: float


class Field:
    """A ledger that holds some posts, and takes more."""

    def __init__(self, url: str, held: int, server_cpu: Callable[[], float]) -> None:
        self._server_cpu = server_cpu
        self._database = Database(url)
        self._ledger = Ledger(
            self._database, SystemClock(), self._announce, lambda _: None
        )
        self._count, self._tells = 0, False
        while self._count < held:
            self._accept(min(held - self._count, 1000))
        self._database.write("aging", age)
        self._tells = True

    def publish(self) -> Cost:
        """Take some new posts to their end; return what one cost."""
        server, cpu, began = (
            self._server_cpu(),
            time.process_time(),
            time.perf_counter(),
        )
        for _ in range(POSTS):
            (entry,) = self._accept(1)
            for calls, *moves in STEPS:
                self._step(entry.post.id, calls, moves)
        ends = (time.process_time() - cpu, self._server_cpu() - server)
        elapsed = time.perf_counter() - began
        return Cost(*(seconds * 1000 / POSTS for seconds in (*ends, elapsed)))

    def close(self) -> None:
        """Close the ledger."""
        self._database.close()

    def _step(
        self,
        post_id: str,
        calls: tuple[str, ...],
        moves: list[tuple[State, str | None]],
    ) -> None:
        key = self._ledger.named(post_id).key
        with self._ledger.claims.hold(key) as entry:
            for kind in calls:
                self._ledger.limits.take(f"{key.account}", kind, 6, 60.25)
            for state, note in moves:
                entry = self._ledger.move(entry, state, note, acknowledged=7)  # noqa: PLW2901 - it has moved on
        turn = self._ledger.turns.take(NOTIFIER)
        if isinstance(turn, Turn):
            self._ledger.turns.settle(turn, Outcome(delivered=turn.events))

    def _accept(self, count: int) -> list[Entry]:
        numbers = range(self._count, self._count + count)
        self._count += count
        return self._ledger.accept([(post(number), SIZE) for number in numbers])

    def _announce(self, entry: Entry) -> list[tuple[str, Event]]:
        return [(NOTIFIER, event(entry))] if self._tells else []


def main() -> None:
    """Print what one post costs, and the ratio, on each database."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        report("sqlite", f"sqlite:///{folder}/few.db", f"sqlite:///{folder}/many.db")
        programs = postgres.find_programs()
        if programs is None:
            sys.stdout.write(f"ledger: postgresql: {postgres.MISSING}\n")
            return
        server = stack.enter_context(postgres.running(programs))
        urls = [stack.enter_context(server.database()) for _ in range(2)]
        report("postgresql", urls[0], urls[1], lambda: cpu_of(server.process()))


def report(
    name: str, few: str, many: str, server_cpu: Callable[[], float] = lambda: 0.0
) -> None:
    """Measure both ledgers of one database in turns, and print it."""
    fields = Field(few, FEW, server_cpu), Field(many, MANY, server_cpu)
    for field in fields:  # what is imported and cached at first is not compared
        field.publish()
    rounds = [(fields[0].publish(), fields[1].publish()) for _ in range(ROUNDS)]
    for field in fields:
        field.close()
    ratio = statistics.median(b.ours / a.ours for a, b in rounds)
    elapsed = statistics.median(b.elapsed / a.elapsed for a, b in rounds)
    ours = statistics.median(b.ours for _, b in rounds)
    servers = statistics.median(b.servers for _, b in rounds)
    is_met = ratio <= FLAT_GOAL and ours <= CPU_GOAL
    sys.stdout.write(
        f"ledger: {name}: {ours:.2f} ms CPU per post (goal <= {CPU_GOAL:.0f}),"
        f" {ours / MOVES:.2f} per move, server {servers:.2f}; {MANY:,} posts over"
        f" {FEW}: {ratio:.2f} (goal <= {FLAT_GOAL}), time {elapsed:.2f};"
        f" {'met' if is_met else 'MISSED'}\n"
    )


def post(number: int) -> Post:
    """Return one of many posts."""
    return Post(
        id=f"clip-{number}",
        account=f"shop-{number % 7}",
        video=f"clips/{number}.mp4",
        title=f"Clip {number} of the spring collection #spring #clip{number}",
        privacy="SELF_ONLY",
    )


def age(connection: sa.Connection) -> None:
    """Give each post the history of a post that was published."""
    for _ in range(MOVES - 1):
        connection.exec_driver_sql(OLD_MOVES)


def cpu_of(process: int) -> float:
    """Return the seconds of CPU of *process* and of all that it ever started."""
    total = 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = path.read_text("ascii").rpartition(")")
        except OSError:
            continue
        fields = rest.split()
        if int(name.split()[0]) == process:
            total += sum(map(int, fields[11:15]))  # its own, and of children that ended
        elif int(fields[1]) == process:
            total += sum(map(int, fields[11:13]))
    return total * TICK


if __name__ == "__main__":
    main()
