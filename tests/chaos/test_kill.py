"""Kill a publish anywhere and run it again: posted once, never lost."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from tiktok_bridge import Bridge, State, cli
from tiktok_bridge.cli import starter
from tiktok_bridge_sandbox.handle import TikTokSandbox
from tiktok_bridge_sandbox.threads import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Result

VICTIMS = Path(__file__).with_name("victims.py")
NOWHERE: Final = 0
"""A point that no run passes: it lives."""

KILLED: Final = -9
RANDOM: Final = 1000
"""How many kills hit a random post at a random point."""

LOST: Final = 200
"""How many inits of what TikTok fetches lose their answer."""

DRAFT: Final[dict[str, Any]] = {"mode": "inbox", "privacy": None, "title": ""}
UPLOADS: Final[dict[str, dict[str, Any]]] = {
    "one chunk": {"video": "clip.mp4"},
    "three chunks": {"video": "video.mp4"},
    "a draft": {"video": "video.mp4", **DRAFT},
}
PULLS: Final[dict[str, dict[str, Any]]] = {
    "a pulled video": {"video": "https://media.example.com/a.mp4", "transfer": "pull"},
    "photos": {"photos": ["https://media.example.com/a.jpg"]},
    "a pulled draft": {
        "video": "https://media.example.com/a.mp4",
        "transfer": "pull",
        **DRAFT,
    },
    "a draft of photos": {"photos": ["https://media.example.com/a.jpg"], **DRAFT},
}
POSTS: Final = UPLOADS | PULLS


class Publisher:
    """A folder and a sandbox; every post is published by processes of its own."""

    def __init__(self, folder: Path, base_url: str) -> None:
        self.sandbox = TikTokSandbox(base_url)
        self.config = folder / "bridge.yaml"
        self._privacy: dict[str, str | None] = {}
        starter.write(folder, starter.sandbox_app(base_url))
        starter.write_clip(folder / "media" / "video.mp4", 31_000_000)
        token = folder / "token.json"
        token.write_text(json.dumps(self.sandbox.token()))
        cli.run(["--config", str(self.config), "auth", "import", "acme", str(token)])

    def post(self, post_id: str, kind: str) -> dict[str, Any]:
        """Return a post of *kind*, whose title and address tell it from others."""
        said = {"id": post_id, "account": "acme", "title": post_id}
        fields = said | {"privacy": "SELF_ONLY"} | POSTS[kind]
        for key in ("video", "photos"):
            value = fields.get(key)
            if kind in PULLS and value:
                marked = f"https://media.example.com/{post_id}"
                fields[key] = [marked] if key == "photos" else marked
        self._privacy[post_id] = fields["privacy"]
        return fields

    @contextmanager
    def victims(self, *options: str) -> Iterator[Victims]:
        """Start what forks the processes."""
        first = json.dumps(self.post("first", "one chunk"))
        with subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, str(VICTIMS), str(self.config), first, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            yield Victims(self, process)
            assert process.stdin
            process.stdin.close()

    def posted(self) -> Counter[str]:
        """Count what TikTok has of each post; no privacy is another than written."""
        counted: Counter[str] = Counter()
        for one in self.sandbox.state()["publishes"]:
            info, urls = one["post_info"] or {}, one.get("urls") or [""]
            name = info.get("title") or urls[0].rpartition("/")[2]
            if "privacy_level" in info:
                assert info["privacy_level"] == self._privacy[name]
            if one["status"] in ("PUBLISH_COMPLETE", "SEND_TO_USER_INBOX"):
                counted[name] += 1
        return counted

    def stands(self, post_id: str) -> Result | None:
        """Return where a post stands in the ledger."""
        with Bridge.from_config(self.config) as bridge:
            return bridge.find(post_id, "acme")


class Victims:
    """Runs posts, each up to the point where its process dies."""

    def __init__(self, publisher: Publisher, process: subprocess.Popen[str]) -> None:
        self._publisher = publisher
        self._process = process

    def publish(self, post_id: str, kind: str, point: int) -> dict[str, Any]:
        """Publish a post in a process that dies at *point*."""
        assert self._process.stdin
        assert self._process.stdout
        order = {"post": self._publisher.post(post_id, kind), "point": point}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert answer["status"] in (0, KILLED), answer
        return answer

    def points(self, kind: str) -> int:
        """Return how many points a whole publish of *kind* passes."""
        answer = self.publish(f"whole {kind}".replace(" ", "-"), kind, NOWHERE)
        assert answer["state"] in (State.PUBLISHED, State.IN_INBOX)
        return int(answer["points"])

    def kill(self, post_id: str, kind: str, point: int) -> str:
        """Kill the publish of a post, run it again, and return where it stands."""
        first = self.publish(post_id, kind, point)
        assert first["status"] == KILLED, (post_id, first)
        again = self.publish(post_id, kind, NOWHERE)
        return str(again["state"])


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    switches: dict[str, Any] = {"processing_seconds": 0, "pull_seconds": 0}
    with running(limits=False, **switches) as base_url:
        yield Publisher(tmp_path, base_url)


def has_name(post_id: str) -> bool:
    """Tell whether TikTok shows which post it has: a draft of a video has no title."""
    return not post_id.startswith("a-draft-") or post_id.startswith("a-draft-of")


def check(publisher: Publisher, states: dict[str, str]) -> None:
    """Fail unless every post is there once, or is left to a person who is told how."""
    posted = publisher.posted()
    for post_id, state in states.items():
        count = posted[post_id]
        if state == State.UNKNOWN:
            assert count <= 1, post_id
            found = publisher.stands(post_id)
            assert found
            assert found.failure
            assert f"posts settle {post_id}" in str(found.failure.hint)
        else:
            assert state in (State.PUBLISHED, State.IN_INBOX), (post_id, state)
            assert count == 1 or not has_name(post_id), post_id


def test_killed_at_any_point_a_post_is_posted_once(publisher: Publisher) -> None:
    states: dict[str, str] = {}
    unknown: Counter[str] = Counter()
    with publisher.victims() as victims:
        for kind in POSTS:
            name = kind.replace(" ", "-")
            for point in range(1, victims.points(kind) + 1):
                post_id = f"{name}-{point}"
                states[post_id] = victims.kill(post_id, kind, point)
                unknown[kind] += states[post_id] == State.UNKNOWN

    assert len(states) >= 300
    check(publisher, states)
    assert set(unknown) == set(POSTS)
    assert all(not unknown[kind] for kind in UPLOADS)
    sent = publisher.sandbox.state()["publishes"]
    drafts = [
        one
        for one in sent
        if one["status"] == "SEND_TO_USER_INBOX" and one["transfer"] == "upload"
    ]
    uploaded = [state for one, state in states.items() if not has_name(one)]
    assert len(drafts) == len(uploaded) - uploaded.count(State.UNKNOWN) + 1


def test_killed_at_random_points_a_post_is_posted_once(publisher: Publisher) -> None:
    chance = random.Random(20261122)  # noqa: S311 - the same points each time
    kinds = [kind for kind in POSTS if kind != "a draft"]
    states: dict[str, str] = {}
    with publisher.victims() as victims:
        points = {kind: victims.points(kind) for kind in kinds}
        for number in range(RANDOM):
            kind = chance.choice(kinds)
            post_id = f"random-{number}"
            states[post_id] = victims.kill(
                post_id, kind, chance.randint(1, points[kind])
            )

    check(publisher, states)


@pytest.mark.parametrize("kind", ["a pulled video", "photos"])
def test_an_init_without_an_answer_is_never_repeated(
    publisher: Publisher, kind: str
) -> None:
    endpoint = "photo_init" if kind == "photos" else "video_init"
    with publisher.victims() as victims:
        victims.points("one chunk")
        before = publisher.sandbox.state()["calls"][endpoint]
        for number in range(LOST // 2):
            fault = ("reset_before_reply", "truncated_json", "empty")[number % 3]
            publisher.sandbox.faults(endpoint, [{"kind": fault}])
            post_id = f"lost-{number}"
            for _ in range(2):
                answer = victims.publish(post_id, kind, NOWHERE)
                assert answer["state"] == State.UNKNOWN

    assert publisher.sandbox.state()["calls"][endpoint] == before + LOST // 2
    assert set(publisher.posted().values()) == {1}


@pytest.mark.parametrize(
    ("option", "kind"),
    [
        ("--forgetful", "three chunks"),
        ("--blind", "a pulled video"),
        ("--blind", "photos"),
    ],
)
def test_control_an_engine_that_does_not_remember_posts_twice(
    publisher: Publisher, option: str, kind: str
) -> None:
    with publisher.victims(option) as victims:
        for point in range(1, victims.points(kind) + 1):
            victims.kill(f"twice-{point}", kind, point)

    assert max(publisher.posted().values()) > 1
