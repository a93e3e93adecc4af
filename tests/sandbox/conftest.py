"""A person at the other end: plain httpx, no code of the client."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tiktok_bridge_sandbox.handle import TikTokSandbox

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # loading certificates takes 0.1 s
VIDEO = b"\x00\x00\x00\x18ftypmp42" + bytes(52)
MOVIE = VIDEO + bytes(12_000_000 - len(VIDEO))
CALLBACK = "http://127.0.0.1:3455/callback/"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # of RFC 7636
CHALLENGE = "13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3"

FILM = "https://media.example.com/film.mp4"
PHOTO = "https://cdn.example.com/acme/one.jpg"


class Person:
    """Somebody who posts through the sandbox."""

    video = VIDEO
    movie = MOVIE

    def __init__(self, sandbox: TikTokSandbox, account: str) -> None:
        self.sandbox = sandbox
        self.account = account
        self.http = httpx.Client(base_url=sandbox.base_url, verify=NO_TLS)

    def bearer(self) -> dict[str, str]:
        token = self.sandbox.token(self.account)["access_token"]
        return {"Authorization": f"Bearer {token}"}

    def post(self, path: str, body: object) -> httpx.Response:
        return self.http.post(
            f"/v2/post/publish/{path}/", json=body, headers=self.bearer()
        )

    def post_raw(
        self, path: str, body: bytes, headers: dict[str, str]
    ) -> httpx.Response:
        return self.http.post(
            f"/v2/post/publish/{path}/", content=body, headers=self.bearer() | headers
        )

    def creator_info(self) -> httpx.Response:
        return self.post("creator_info/query", {})

    def init(
        self,
        level: object = "SELF_ONLY",
        post_info: Mapping[str, object] | None = None,
        video: bytes = VIDEO,
    ) -> httpx.Response:
        info = {"privacy_level": level} | dict(post_info or {})
        body = {"post_info": info, "source_info": plan(video)}
        return self.post("video/init", body)

    def draft(self, video: bytes = VIDEO) -> httpx.Response:
        return self.post("inbox/video/init", {"source_info": plan(video)})

    def pull(
        self, url: str = FILM, level: str | None = "SELF_ONLY", **post_info: object
    ) -> httpx.Response:
        """Let TikTok fetch a video: a direct post, or a draft without a level."""
        body: dict[str, object] = {
            "source_info": {"source": "PULL_FROM_URL", "video_url": url}
        }
        if level is None:
            return self.post("inbox/video/init", body)
        body["post_info"] = {"privacy_level": level} | post_info
        return self.post("video/init", body)

    def photos(
        self, *urls: str, level: str | None = "SELF_ONLY", **changes: object
    ) -> httpx.Response:
        """Post photos, or send them as a draft without a level."""
        body = {
            "media_type": "PHOTO",
            "post_mode": "MEDIA_UPLOAD" if level is None else "DIRECT_POST",
            "post_info": {} if level is None else {"privacy_level": level},
            "source_info": {
                "source": "PULL_FROM_URL",
                "photo_images": list(urls or (PHOTO,)),
                "photo_cover_index": 0,
            },
        }
        return self.post("content/init", body | changes)

    def cancel(self, publish_id: str) -> httpx.Response:
        return self.post("cancel", {"publish_id": publish_id})

    def put(
        self, url: str, video: bytes = VIDEO, first: int = 0, last: int | None = None
    ) -> httpx.Response:
        end = len(video) if last is None else last + 1
        headers = chunk_headers(first, end - 1, len(video))
        return self.http.put(url, content=video[first:end], headers=headers)

    def publish(self, level: str = "SELF_ONLY", video: bytes = VIDEO) -> str:
        return self.upload(self.init(level, video=video), video)

    def upload(self, opened: httpx.Response, video: bytes = VIDEO) -> str:
        data = opened.json()["data"]
        assert self.put(data["upload_url"], video).status_code in (200, 201)
        return str(data["publish_id"])

    def status(self, publish_id: str) -> httpx.Response:
        return self.post("status/fetch", {"publish_id": publish_id})

    def oauth(self, path: str = "token", **form: str) -> httpx.Response:
        pair = {
            "client_key": self.sandbox.client_key,
            "client_secret": self.sandbox.client_secret,
        }
        return self.http.post(f"/v2/oauth/{path}/", data=pair | form)

    def authorize_url(self, **changes: str | None) -> str:
        query = {
            "client_key": self.sandbox.client_key,
            "scope": "user.info.basic,video.publish,video.upload",
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "state": "st&te/1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        } | changes
        given = {name: value for name, value in query.items() if value is not None}
        return f"{self.sandbox.base_url}/v2/auth/authorize/?{urlencode(given)}"

    def login(
        self, scopes: list[str] | None = None, **changes: str | None
    ) -> dict[str, str]:
        url = self.authorize_url(**changes)
        location = self.sandbox.login(url, self.account, scopes)
        return dict(parse_qsl(urlsplit(location).query))

    def exchange(self, code: str, **changes: str) -> httpx.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        }
        return self.oauth(**form | changes)


def plan(video: bytes) -> dict[str, object]:
    return {
        "source": "FILE_UPLOAD",
        "video_size": len(video),
        "chunk_size": len(video),
        "total_chunk_count": 1,
    }


def chunk_headers(first: int, last: int, total: int) -> dict[str, str]:
    return {
        "Content-Type": "video/mp4",
        "Content-Range": f"bytes {first}-{last}/{total}",
    }


@pytest.fixture
def meet(tiktok_sandbox: TikTokSandbox) -> Iterator[Callable[[str], Person]]:
    met: list[Person] = []

    def person(account: str) -> Person:
        met.append(Person(tiktok_sandbox, account))
        return met[-1]

    yield person
    for somebody in met:
        somebody.http.close()


@pytest.fixture
def acme(meet: Callable[[str], Person]) -> Person:
    return meet("acme")


@pytest.fixture
def studio(meet: Callable[[str], Person]) -> Person:
    return meet("studio")
