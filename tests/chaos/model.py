"""What a ledger, an upload, a clock and a token may do together, as a state machine.

The reference is small: what was accepted, who moved a post last, and TikTok itself,
which the sandbox is.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.chaos.haste import forget_the_disk
from tests.chaos.sizes import Film
from tests.chaos.world import (
    ACCOUNT,
    CHUNK,
    FAULTS,
    LUCK,
    PAUSE,
    World,
    short_windows,
    small_megabytes,
)
from tiktok_bridge import BusyError, ConfigError, ConflictError, Post, State
from tiktok_bridge import host as hosts
from tiktok_bridge.ledger.claims import is_held
from tiktok_bridge.ledger.states import AT_REST, MOVES, OPEN
from tiktok_bridge.tiktok import chunks

if TYPE_CHECKING:
    import pytest

    from tiktok_bridge.host import Host
    from tiktok_bridge.ledger.entry import Entry, Move

KINDS: Final = ("video", "draft", "pull", "photo")
"""What TikTok gets: a post or a draft of our bytes, a video or a photo from a URL."""

PULLED: Final = {"pull": "mp4", "photo": "jpg"}
"""Kinds that TikTok fetches, and how their files end."""

ENDS: Final = {
    State.PUBLISHED: "PUBLISH_COMPLETE",
    State.IN_INBOX: "SEND_TO_USER_INBOX",
}
"""Good ends, and what TikTok calls them."""

NAMES: Final = ("video-1", "video-2", "draft-1", "pull-1", "photo-1")
VARIANTS: Final = (0, 1, 2)
"""Contents that an id may be given; the last differs from the first in privacy only."""

ENDPOINTS: Final = (
    "creator_info",
    "video_init",
    "inbox_init",
    "photo_init",
    "upload",
    "status",
)
"""Where calls go wrong."""

DECISIVE: Final = ("upload", "video_init", "photo_init")
AFTERWARDS: Final = [name for name, (when, _) in FAULTS.items() if when == "after"]
"""Where TikTok may have a post whose answer was lost, and how it is lost."""

LATE: Final = {"overtaken before", "overtaken after"}
"""What cannot happen to a refresh: it holds a lock."""

HOURS: Final = 3600.0
MOST_STEPS: Final = 80
"""Steps in which any post ends, once nothing goes wrong any more."""

names = st.sampled_from(NAMES)
accepted = st.runner().flatmap(lambda machine: st.sampled_from(sorted(machine.known)))
some_fault = st.tuples(
    st.sampled_from(ENDPOINTS), st.sampled_from(sorted(FAULTS)), st.integers(0, 2)
)
lost_answers = st.tuples(
    st.sampled_from(DECISIVE), st.sampled_from(AFTERWARDS), st.integers(0, 1)
)
faults = st.one_of(some_fault, lost_answers)
variants = st.sampled_from(VARIANTS)
processes = st.integers(0, 1)


def size(name: str, variant: int) -> int | None:
    """Return the bytes of a video; they tell whose it is."""
    if kind(name) in PULLED:
        return None
    return 260 + 10 * NAMES.index(name) + variant % 2


def kind(name: str) -> str:
    """Return what TikTok gets of a post."""
    return name.partition("-")[0]


def film(size_bytes: int) -> str:
    """Return the file of a video."""
    return f"{size_bytes}.mp4"


def mark(name: str, variant: int) -> object:
    """Return by what TikTok's side of a post is known."""
    url = f"https://media.example.com/{name}-{variant % 2}.{PULLED.get(kind(name))}"
    return size(name, variant) or url


def post(name: str, variant: int) -> Post:
    """Return the post *name* with one of its contents."""
    if kind(name) == "draft":
        return Post(id=name, account=ACCOUNT, mode="inbox", video=media(name, variant))
    levels = ("SELF_ONLY", "SELF_ONLY", "MUTUAL_FOLLOW_FRIENDS")
    told: dict[str, Any] = {"id": name, "account": ACCOUNT}
    told |= {"title": f"{name} {variant % 2}", "privacy": levels[variant]}
    if kind(name) == "photo":
        return Post(photos=(media(name, variant),), **told)
    if kind(name) == "pull":
        told["transfer"] = "pull"
    return Post(video=media(name, variant), **told)


def media(name: str, variant: int) -> str:
    """Return where the video or photo of a post is."""
    length = size(name, variant)
    return film(length) if length else str(mark(name, variant))


@dataclass
class Known:
    """What the reference knows of one accepted post.

    Attributes:
        version: How often it had moved when we looked last.
        moves: Its history then.
        is_touched: Whether a person moved it since.
        is_settled: Whether a person said that it is published.
    """

    post: Post
    state: State = State.PLANNED
    version: int = -1
    moves: list[Move] = field(default_factory=list)
    is_touched: bool = False
    is_settled: bool = False


class Machine(RuleBasedStateMachine):
    """Two processes, one ledger, and everything that may happen to them."""

    media_root: ClassVar[Path]
    host: ClassVar[Host]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="tiktok-bridge-model-"))
        self.known: dict[str, Known] = {}
        self.is_removed = False

    @initialize(
        uploaded_bytes=st.sampled_from(["last-index", "count"]),
        expires_in=st.sampled_from([7200, 86_400]),
        lost=lost_answers,
    )
    def begin(self, lost: tuple[str, str, int], **switches: object) -> None:
        self.world = World(
            self.folder,
            self.host,
            self.media_root,
            posts_per_day=10_000,
            pending_drafts=10_000,
            **switches,
        )
        self.trip_over(lost)
        for name in NAMES[::2]:
            self.accept(name, 0, 0)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            try:
                self.finish()
            finally:
                self.world.close()
        shutil.rmtree(self.folder)

    # What people do.

    @rule(name=names, variant=variants, which=processes)
    def accept(self, name: str, variant: int, which: int) -> None:
        given, known = post(name, variant), self.known.get(name)
        is_new = known is None or known.post != given
        may = known is None or not is_new or self.entry(name).is_open
        ledger = self.world.bridges[which].ledger
        try:
            ledger.accept([(given, size(name, variant))])
        except BusyError:
            assert is_held(self.entry(name), self.world.clock.now())
        except ConflictError:
            assert not may, "it is still open, or the same"
        else:
            assert may, "something of it was sent already"
            self.known.setdefault(name, Known(given)).post = given

    @rule(name=accepted)
    def retry(self, name: str) -> None:
        self.ask(name, {State.FAILED}, lambda: self.first.retry(name))

    @rule(name=accepted)
    def settle(self, name: str) -> None:
        """Look into the app, and tell the truth."""
        is_there = any(map(self.world.arrived, self.at_tiktok(name)))
        known = self.known[name]
        if self.ask(name, OPEN, lambda: self.first.settle(name, published=is_there)):
            known.is_settled = is_there

    @rule(change=st.sampled_from(["log in", "remove app", "expire", "expire"]))
    def change_token(self, change: str) -> None:
        if change == "expire":
            self.world.expire()
        elif change == "log in":
            self.world.log_in()
        else:
            self.world.remove_app()
        self.is_removed = change == "remove app" or (
            self.is_removed and change == "expire"
        )

    # What processes do, and what goes wrong meanwhile.

    @rule(name=accepted, which=processes, steps=st.integers(1, 6), is_due=st.booleans())
    def go_on(self, name: str, which: int, steps: int, *, is_due: bool) -> None:
        """Make some steps with a post, each when it is due or at once."""
        for _ in range(steps):
            if is_due:
                self.wait_for(name)
            self.world.advance(name, which)

    @rule(
        name=accepted, which=processes, faults=st.lists(faults, min_size=1, max_size=3)
    )
    def stumble(
        self, name: str, which: int, faults: list[tuple[str, str, int]]
    ) -> None:
        """Make some steps while calls go wrong, some after others that go well."""
        for fault in faults:
            self.trip_over(fault)
        for _ in range(4):
            self.wait_for(name)
            self.world.advance(name, which)

    @rule(
        name=accepted, which=processes, kind=st.sampled_from(sorted(set(FAULTS) - LATE))
    )
    def stumble_over_token(self, name: str, which: int, kind: str) -> None:
        self.world.faults["token"].append(kind)
        self.world.expire()
        self.go_on(name, which, 2, is_due=True)

    @rule(seconds=st.sampled_from([1.0, 20.0, 61.0, 400.0, 3601.0, 25 * HOURS]))
    def pass_time(self, seconds: float) -> None:
        self.world.clock.sleep(seconds)

    @rule(hours=st.sampled_from([-48.0, -1.0, -0.01, 0.0, 0.01, 1.0, 48.0]))
    def set_clock(self, hours: float) -> None:
        self.world.clock.jump(hours * HOURS)

    @rule(name=accepted)
    def fail_at_tiktok(self, name: str) -> None:
        now = self.world.clock.true
        for one in self.at_tiktok(name):
            one.stop("internal", now)

    # What always holds.

    @invariant()
    def everything_holds(self) -> None:
        if not hasattr(self, "world"):
            return
        entries = {one.post.id: one for one in self.first.ledger.entries()}
        assert set(entries) == set(self.known), "a post was lost, or came from nowhere"
        for name, known in self.known.items():
            entry, there = entries[name], self.at_tiktok(name)
            posted = [one for one in there if self.world.arrived(one)]
            assert len(posted) <= 1, f"{name} was posted {len(posted)} times"
            self.check_state(entry, known)
            self.check_end(entry, known, posted)
            self.check_history(entry, known)
            self.check_content(known.post, posted)
            known.state, known.is_touched = entry.state, False
        assert self.world.wrongs == []
        self.check_token()

    def check_state(self, entry: Entry, known: Known) -> None:
        assert entry.post == known.post, f"{entry.key} has other content"
        if known.state in AT_REST and not known.is_touched:
            assert entry.state == known.state, f"{entry.key} left {known.state}"

    def check_end(self, entry: Entry, known: Known, posted: list[Any]) -> None:
        """See that TikTok itself says what the ledger says."""
        if entry.state == State.FAILED:
            assert not posted, f"{entry.key} is FAILED, and at TikTok"
        if entry.state in ENDS and not known.is_settled:
            now = self.world.clock.true
            said = {one.publish_id: one.status(now) for one in posted}
            assert said == {entry.publish_id: ENDS[entry.state]}

    def check_history(self, entry: Entry, known: Known) -> None:
        if entry.version == known.version:
            return
        moves: list[Move] = self.first.ledger.history(entry.key)
        assert moves[: len(known.moves)] == known.moves, "history was changed"
        for a, b in pairwise(moves[max(len(known.moves) - 1, 0) :]):
            assert b.state in MOVES[a.state], f"{a.state} became {b.state}"
        assert moves[-1].state == entry.state, "history does not tell the state"
        known.moves, known.version = moves, entry.version

    def check_content(self, wanted: Post, posted: list[Any]) -> None:
        for one in posted:
            if one.mode == "direct":
                assert one.post_info["privacy_level"] == wanted.privacy
                assert one.post_info["title"] == wanted.title

    def check_token(self) -> None:
        token, knows = self.first.vault.require(ACCOUNT), self.world.knows
        lives = knows(token.access_token) or knows(token.refresh_token, renewal=True)
        is_named = token.refresh_token is None or token.renewal_began_at
        assert lives or is_named or self.is_removed, "a dead token that nobody names"

    # How that is found out.

    @property
    def first(self) -> Any:  # noqa: ANN401 - a Bridge, which pickles no lambda's type
        return self.world.bridges[0]

    def entry(self, name: str) -> Entry:
        entry: Entry = self.first.ledger.named(name)
        return entry

    def at_tiktok(self, name: str) -> list[Any]:
        return self.world.publishes({mark(name, variant) for variant in VARIANTS})

    def trip_over(self, fault: tuple[str, str, int]) -> None:
        """Let a call go wrong, after some that go well."""
        endpoint, what, lucky = fault
        self.world.faults[endpoint].extend([LUCK] * lucky + [what])

    def ask(self, name: str, states: Any, act: Any) -> bool:  # noqa: ANN401 - sets and calls
        """Let a person act on a post; it works in *states* only."""
        may = self.entry(name).state in states
        try:
            act()
        except ConfigError:
            assert not may
            return False
        except BusyError:
            assert is_held(self.entry(name), self.world.clock.now())
            return False
        assert may
        self.known[name].is_touched = True
        return True

    def wait_for(self, name: str) -> None:
        self.sleep_until(self.entry(name).next_at)

    def sleep_until(self, due: float | None) -> None:
        wait = (due or 0.0) - self.world.clock.now()
        if 0 < wait < 26 * HOURS:
            self.world.clock.sleep(wait)

    def finish(self) -> None:
        """Let nothing more go wrong: then every post comes to its end."""
        self.world.clock.jump(0.0)
        self.world.log_in()
        self.is_removed = False
        for name in self.known:
            for _ in range(MOST_STEPS):
                if self.entry(name).state in AT_REST:
                    break
                self.wait_for(name)
                result = self.world.advance(name, 0)
                if result:  # a full window is told to who asks, and is not on disk
                    self.sleep_until(result.next_at)
                else:
                    self.world.clock.sleep(PAUSE)  # a dead process has it
            assert self.entry(name).state in AT_REST, f"{name} was lost"
        self.everything_holds()


def prepare(media_root: Path, patch: pytest.MonkeyPatch) -> None:
    """Make the videos, small, and let the machine be quick."""
    forget_the_disk(patch)
    small_megabytes(patch.setitem)
    short_windows(patch.setitem)
    patch.setattr(chunks, "SMALL_TARGET", CHUNK)
    patch.setattr(Machine, "media_root", media_root, raising=False)
    patch.setattr(Machine, "host", hosts.load(), raising=False)
    for length in {size(name, variant) for name in NAMES for variant in VARIANTS}:
        if length:
            Film(media_root / film(length), length)


def run(runs: int, steps: int, *, shrink: bool = True) -> None:
    """Run the machine; raise what it finds, with the steps that lead there."""
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    told = settings(max_examples=runs, stateful_step_count=steps, phases=phases)
    run_state_machine_as_test(Machine, settings=told)
