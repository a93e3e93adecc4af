"""An upload host that cuts one chunk short, and somebody who publishes through it."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import struct
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from tests.chaos.sizes import Film, HastyClock
from tiktok_bridge import Bridge, Post, State, cli
from tiktok_bridge.cli import starter
from tiktok_bridge.ledger.states import AT_REST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tiktok_bridge import Result

RESET: Final = struct.pack("ii", 1, 0)
"""SO_LINGER of zero seconds: closing sends RST instead of FIN."""

INFO: Final[dict[str, object]] = {
    "creator_username": "acme",
    "creator_nickname": "Acme",
    "creator_avatar_url": "https://p16.example.com/acme.webp",
    "privacy_level_options": ["SELF_ONLY"],
    "comment_disabled": False,
    "duet_disabled": True,
    "stitch_disabled": True,
    "max_video_post_duration_sec": 3600,
}

MOST_STEPS: Final = 60
"""Steps after which nobody expects a post to end any more."""

TAKES: Final[dict[str, Callable[[int, int, Callable[[int], int]], bool]]] = {
    "boundary": lambda first, held, start: first == start(held),
    "rewind": lambda first, held, start: start(held - 1) <= first <= held,
    "byte": lambda first, held, _start: first == held,
}
"""From where a host takes bytes when it holds the first *held* ones: at the start of
the chunk that it lacks; there, or in the chunk before; or at the very next byte."""

READINGS: Final[dict[str, Callable[[int], int | None]]] = {
    "index": lambda held: max(held - 1, 0),
    "count": lambda held: held,
    "absent": lambda _held: None,
}
"""What a host that holds the first *held* bytes says that it holds."""


@dataclass(frozen=True)
class Cut:
    """One lost connection.

    Attributes:
        chunk: In which chunk of the video, from 0.
        after: How many bytes of the chunk the host reads before it hangs up.
        kept: How many of them it keeps.
        takes: One of `TAKES`.
        reading: One of `READINGS`: what `uploaded_bytes` and Content-Range are.
    """

    chunk: int
    after: int
    kept: int
    takes: str
    reading: str


@dataclass
class Upload:
    """What came so far of one video."""

    size: int
    chunk_size: int
    count: int
    data: bytearray = field(default_factory=bytearray)
    sent: list[tuple[int, int]] = field(default_factory=list)
    """First byte of every request that was taken, and how many were read."""

    @property
    def is_complete(self) -> bool:
        return len(self.data) == self.size

    def takes(self, first: int, cut: Cut) -> bool:
        """Tell whether the host takes bytes from number *first* on."""
        takes = TAKES[cut.takes]
        return not self.is_complete and takes(first, len(self.data), self.start)

    def start(self, place: int) -> int:
        """Return where the chunk begins in which byte number *place* lies."""
        return min(max(place, 0) // self.chunk_size, self.count - 1) * self.chunk_size


class Host(ThreadingHTTPServer):
    """As much of TikTok as an upload needs; one thing goes wrong in each video."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.cut = Cut(0, 0, 0, "boundary", "index")
        self.is_cut = False
        self.uploads: list[Upload] = []
        self.levels: list[str] = []

    def begin(self, cut: Cut) -> None:
        """Forget what was, and let *cut* happen next."""
        self.cut, self.is_cut, self.uploads = cut, False, []


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer leaves in one piece, so that no packet waits for another
    server: Host

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "creator_info" in self.path:
            data = INFO
        else:
            data = self._init(given) if "init" in self.path else self._status(given)
        error = {"code": "ok", "message": "", "log_id": "20260828035612A3"}
        self._answer(200, json.dumps({"data": data, "error": error}).encode())

    def do_PUT(self) -> None:
        number = parse_qs(urlsplit(self.path).query)["upload_id"][0]
        upload, host = self.server.uploads[int(number)], self.server
        first, last, _ = map(int, re.findall("[0-9]+", self.headers["Content-Range"]))
        length = last - first + 1
        if not upload.takes(first, host.cut):
            self.rfile.read(length)
            self._answer(416, b"", self._range(upload))
            return
        is_cut = not host.is_cut and first == host.cut.chunk * upload.chunk_size
        body = self.rfile.read(host.cut.after if is_cut else length)
        upload.sent.append((first, len(body)))
        upload.data[first:] = body[: host.cut.kept] if is_cut else body
        if is_cut:
            host.is_cut = True
            self._hang_up()
        else:
            status = 201 if upload.is_complete else 206
            self._answer(status, b"", self._range(upload))

    def _init(self, given: dict[str, Any]) -> dict[str, object]:
        source, number = given["source_info"], len(self.server.uploads)
        plan = (source["video_size"], source["chunk_size"], source["total_chunk_count"])
        self.server.uploads.append(Upload(*plan))
        self.server.levels.append(given["post_info"]["privacy_level"])
        url = f"{self.server.url}/upload?upload_id={number}&upload_token=0123456789"
        return {"publish_id": f"v_pub_file~v2-1.{number}", "upload_url": url}

    def _status(self, given: dict[str, Any]) -> dict[str, object]:
        upload = self.server.uploads[int(given["publish_id"].rpartition(".")[2])]
        if upload.is_complete:
            return {"status": "PUBLISH_COMPLETE"}
        said = READINGS[self.server.cut.reading](len(upload.data))
        answer: dict[str, object] = {"status": "PROCESSING_UPLOAD"}
        return answer if said is None else answer | {"uploaded_bytes": said}

    def _range(self, upload: Upload) -> dict[str, str]:
        said = READINGS[self.server.cut.reading](len(upload.data))
        if said is None or not upload.data:
            return {}
        return {"Content-Range": f"bytes 0-{said}/{upload.size}"}

    def _answer(
        self, status: int, body: bytes, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


@contextmanager
def hosting() -> Iterator[Host]:
    """Serve a host on a free port of loopback."""
    with Host() as host:
        thread = threading.Thread(target=host.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield host
        finally:
            host.shutdown()
            thread.join()


@dataclass(frozen=True)
class Outcome:
    """What became of one post whose upload was cut.

    Attributes:
        posts: How many videos the host has whole.
        is_same: Whether they are, byte for byte, what was to be sent.
        inits: How many uploads were begun.
        again: Bytes that were sent and were not needed.
        longest: Bytes of the longest chunk.
        was_cut: The control: whether the cut happened.
    """

    state: State
    posts: int
    is_same: bool
    inits: int
    again: int
    longest: int
    was_cut: bool

    @property
    def is_good(self) -> bool:
        """Whether it was posted once, with at most one chunk sent again."""
        return (
            (self.state, self.posts, self.inits) == (State.PUBLISHED, 1, 1)
            and (self.is_same and self.was_cut)
            and self.again <= self.longest
        )

    @property
    def is_harmless(self) -> bool:
        """Whether it was posted once, or a person, who can settle it, is asked."""
        is_open = self.state in (State.UNKNOWN, State.PROCESSING) and not self.posts
        is_posted = self.state == State.PUBLISHED and self.posts == 1
        return (is_open or is_posted) and self.is_same and self.was_cut


class Publisher:
    """A folder with one video, published through *host* again and again."""

    def __init__(self, folder: Path, host: Host, size: int) -> None:
        self.size = size
        self._host = host
        self._clock = HastyClock()
        self._number = 0
        starter.write(folder, starter.sandbox_app(host.url))
        token, config = folder / "token.json", folder / "bridge.yaml"
        token.write_text('{"access_token": "act.x", "expires_in": 315360000}')
        cli.run(["--config", str(config), "auth", "import", "acme", str(token)])
        self._digest = Film(folder / "media" / "film.mp4", size).digests([size])[size]
        self._bridge = Bridge.from_config(config, clock=self._clock)

    def publish(self, cut: Cut) -> Outcome:
        """Publish the video while *cut* happens."""
        self._host.begin(cut)
        self._number += 1
        name = f"cut-{self._number}"
        post = Post(id=name, account="acme", video="film.mp4", privacy="SELF_ONLY")
        self._bridge.ledger.accept([(post, self.size)])
        state = self._follow(name).state
        whole = [one for one in self._host.uploads if one.is_complete]
        sent = sum(read for one in self._host.uploads for _, read in one.sent)
        first = self._host.uploads[0]
        return Outcome(
            state=state,
            posts=len(whole),
            is_same=all(
                hashlib.sha256(one.data).hexdigest() == self._digest for one in whole
            ),
            inits=len(self._host.uploads),
            again=sent - self.size,
            longest=self.size - first.chunk_size * (first.count - 1),
            was_cut=self._host.is_cut,
        )

    def close(self) -> None:
        """Close what was opened."""
        self._bridge.close()

    def _follow(self, name: str) -> Result:
        for _ in range(MOST_STEPS):
            result = self._bridge.advance(name)
            if result.state in AT_REST:
                break
            wait = (result.next_at or 0.0) - self._clock.now()
            self._clock.sleep(max(wait, 0.0))
        return result


def draw_cuts(count: int, seed: str, lengths: list[int], **given: str) -> list[Cut]:
    """Return *count* cuts of chunks of these *lengths*; *given* are fields of each.

    Half of them are at an edge. A host that lacks one byte of a chunk and counts says
    the same as one that has it all and names the last; such cuts are left out.
    """
    random, cuts = Random(seed), list[Cut]()  # noqa: S311 - the same in every run
    while len(cuts) < count:
        chunk = random.randrange(len(lengths))
        length = lengths[chunk]
        some = random.randint(0, length)
        after = random.choice([0, 1, length // 2, length - 1, length, *[some] * 5])
        kept = random.choice([0, after, random.randint(0, after)])
        how = {"takes": "boundary", "reading": random.choice(["index", "count"])}
        cut = Cut(chunk, after, kept, **how | given)
        if (cut.kept, cut.reading) != (length - 1, "count"):
            cuts.append(cut)
    return cuts
