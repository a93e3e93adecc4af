"""What every public client needs: a real video, and a wire to the sandbox."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import requests

import tiktok_bridge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge_sandbox.handle import TikTokSandbox

CLIP = Path(tiktok_bridge.__file__).parent / "media" / "clip.mp4"
TIKTOK = "https://open.tiktokapis.com"


@pytest.fixture(autouse=True)
def lawful(tiktok_sandbox: TikTokSandbox) -> Iterator[None]:
    """Hold the sandbox to its own schemas, whatever a client sends."""
    yield
    tiktok_sandbox.assert_lawful()


class Wire:
    """TikTok's host, led to the sandbox underneath an unchanged client."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.answers: list[requests.Response] = []
        self._send = requests.adapters.HTTPAdapter.send

    def carry(
        self,
        adapter: requests.adapters.HTTPAdapter,
        request: requests.PreparedRequest,
        **options: Any,  # noqa: ANN401 - whatever requests passes
    ) -> requests.Response:
        request.url = str(request.url).replace(TIKTOK, self.base_url)
        self.answers.append(self._send(adapter, request, **options))
        return self.answers[-1]


@pytest.fixture
def wire(tiktok_sandbox: TikTokSandbox, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Reroute ``requests``: some clients know TikTok's address by heart."""
    wire = Wire(tiktok_sandbox.base_url)

    def send(*sent: Any, **options: Any) -> requests.Response:  # noqa: ANN401 - as above
        return wire.carry(*sent, **options)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    return wire


class Browser:
    """A person who allows an app whatever it asks for."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def log_in(self, url: str) -> str:
        """Return the URL that the login page at *url* leads to."""
        parts = urlsplit(url)
        page = self.http.get(f"{parts.path}?{parts.query}")
        if page.is_redirect:
            return page.headers["location"]
        scopes = re.findall(r'name="scope" value="([^"]+)"', page.text)
        form = {"url": str(page.url), "account": "acme", "scope": scopes}
        answer = self.http.post("/_sandbox/consent", data=form | {"decision": "allow"})
        return answer.headers["location"]


@pytest.fixture
def browser(tiktok_sandbox: TikTokSandbox) -> Iterator[Browser]:
    with httpx.Client(base_url=tiktok_sandbox.base_url) as http:
        yield Browser(http)


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


@pytest.fixture
def clip() -> Path:
    """A real MP4 that fits into one chunk."""
    return CLIP


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A real MP4 of 22 MB: the clip, and a box that players skip."""
    padding = 22_000_000 - CLIP.stat().st_size
    film = tmp_path / "film.mp4"
    with film.open("wb") as file:
        file.write(CLIP.read_bytes())
        file.write(padding.to_bytes(4, "big") + b"free")
        file.truncate(22_000_000)
    return film


def hollow(path: Path, size_bytes: int) -> Path:
    """Make a video of *size_bytes* that takes no room on the disk."""
    path.write_bytes(CLIP.read_bytes())
    with path.open("r+b") as file:
        file.truncate(size_bytes)
    return path


def only_post(sandbox: TikTokSandbox, video: Path) -> dict[str, Any]:
    """Return the one post there is, which holds *video* byte for byte."""
    (post,) = sandbox.state()["publishes"]
    assert post["sha256"] == hashlib.sha256(video.read_bytes()).hexdigest()
    return dict(post)


def refusal(text: str) -> dict[str, Any]:
    """Return the envelope's error from the JSON inside of *text*."""
    return dict(json.loads(text[text.index("{") :])["error"])
