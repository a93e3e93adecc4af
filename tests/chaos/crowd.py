"""Start a sandbox, let a crowd poll it and one client upload; print what was seen.

Usage: crowd.py CONNECTIONS ROUNDS BYTES. Every connection is open before the first
one polls, and each polls ROUNDS times. The upload's bytes are made as they are sent.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections import Counter
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 10_000_000
HEAD = b"\x00\x00\x00\x18ftypmp42".ljust(1_000_000, b"\0")
REST = bytes(len(HEAD))
MARK = 100_000_000
"""Bytes after which the memory of an upload should not grow any more."""

PATIENCE = 60
"""Seconds after which a poll without an answer is a failure."""

SHORT_OF_FILES = ("sh", "-c", 'ulimit -Sn 32; exec "$@"', "sh")
"""Starts a program that may open 32 files unless it asks for more."""

connections, rounds, size = map(int, sys.argv[1:])
polled: Counter[str] = Counter()
stored: Counter[int] = Counter()


class Server:
    """The sandbox, a process of its own, with one account that posts."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        self.pid = process.pid
        self.url = urlsplit(json.loads(process.stdout.readline())["base_url"])
        self.token = self.ask("GET", "/_sandbox/tokens")["acme"]["access_token"]

    def ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        connection = HTTPConnection(self.url.netloc, timeout=60)
        headers = {"Content-Type": "application/json"}
        if hasattr(self, "token"):
            headers["Authorization"] = f"Bearer {self.token}"
        connection.request(method, path, json.dumps(body or {}), headers)
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer

    def init(self) -> tuple[str, str]:
        """Open a post of `size` bytes; return its id and the path of its upload."""
        plan = {"video_size": size, "chunk_size": CHUNK}
        plan["total_chunk_count"] = size // CHUNK
        body = {
            "post_info": {"privacy_level": "SELF_ONLY"},
            "source_info": {"source": "FILE_UPLOAD", **plan},
        }
        data = self.ask("POST", "/v2/post/publish/video/init/", body)["data"]
        return data["publish_id"], data["upload_url"].partition(self.url.netloc)[2]

    def peak(self) -> int:
        """Return the most memory that the process ever held, in kB."""
        lines = Path(f"/proc/{self.pid}/status").read_text("ascii").splitlines()
        return int(next(one for one in lines if one.startswith("VmHWM")).split()[1])

    def sockets(self) -> int:
        """Return how many sockets the process has open."""
        names = Path(f"/proc/{self.pid}/fd").iterdir()
        return sum(str(name.readlink()).startswith("socket:") for name in names)


async def crowd(server: Server, publish_id: str) -> dict[str, object]:
    """Poll with every connection at once."""
    async with asyncio.timeout(PATIENCE):
        return await poll_all(server, publish_id)


async def poll_all(server: Server, publish_id: str) -> dict[str, object]:
    streams = await asyncio.gather(*(connect(server) for _ in range(connections)))
    await asyncio.gather(*(poll(server, publish_id, one) for one in streams))
    facts = {"sockets": server.sockets(), "first_kb": server.peak()}
    for _ in range(rounds - 1):
        await asyncio.gather(*(poll(server, publish_id, one) for one in streams))
    for _, writer in streams:
        writer.close()
    return facts | {"last_kb": server.peak(), "answers": dict(polled)}


async def connect(
    server: Server,
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(server.url.hostname, server.url.port)


async def poll(
    server: Server,
    publish_id: str,
    stream: tuple[asyncio.StreamReader, asyncio.StreamWriter],
) -> None:
    reader, writer = stream
    body = json.dumps({"publish_id": publish_id})
    head = (
        "POST /v2/post/publish/status/fetch/ HTTP/1.1",
        f"Host: {server.url.netloc}",
        f"Authorization: Bearer {server.token}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    )
    writer.write("\r\n".join((*head, "", body)).encode())
    answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split()
    length = int(answer[answer.index("content-length:") + 1])
    data = json.loads(await reader.readexactly(length)).get("data", {})
    polled[f"{answer[1]} {data.get('status')}"] += 1


def upload(server: Server, path: str) -> dict[str, object]:
    """Send every chunk in order; look at the memory after the first bytes."""
    connection = HTTPConnection(server.url.netloc, timeout=60)
    marks = []
    starts = [CHUNK * number for number in range(size // CHUNK)]
    for first, end in zip(starts, [*starts[1:], size], strict=True):
        headers = {
            "Content-Type": "video/mp4",
            "Content-Length": str(end - first),
            "Content-Range": f"bytes {first}-{end - 1}/{size}",
        }
        connection.request("PUT", path, pieces(first, end), headers)
        answer = connection.getresponse()
        answer.read()
        stored[answer.status] += 1
        if end >= min(MARK, size // 2):
            marks.append(server.peak())
    connection.close()
    return {"first_kb": marks[0], "last_kb": marks[-1], "answers": dict(stored)}


def pieces(first: int, end: int) -> Iterator[bytes]:
    """Yield the bytes from *first* to *end*: a video's head, then nothing but 0."""
    while first < end:
        piece = (REST if first else HEAD)[: end - first]
        yield piece
        first += len(piece)


def main() -> dict[str, object]:
    """Run both and return what was seen."""
    program = (sys.executable, "-m", "tiktok_bridge", "sandbox", "--port", "0")
    switches = ("--switch", "limits=false", "--switch", "processing_seconds=0")
    with subprocess.Popen(  # noqa: S603 - our own program
        [*SHORT_OF_FILES, *program, "--format", "json", *switches],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            return visit(Server(process))
        finally:
            process.terminate()


def visit(server: Server) -> dict[str, object]:
    """Do all that is done to the sandbox."""
    publish_id, path = server.init()
    return {
        "polls": asyncio.run(crowd(server, publish_id)),
        "upload": upload(server, path),
        "state": server.ask("GET", "/_sandbox/state"),
    }


json.dump(main(), sys.stdout)
