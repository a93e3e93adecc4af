"""Every call of the client, with an answer that TikTok could give."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from tiktok_bridge import AppSettings, Client, Post, Secret
from tiktok_bridge.tiktok.chunks import plan_chunks
from tiktok_bridge.tiktok.inits import Pull
from tiktok_bridge.tiktok.oauth import QrCode
from tiktok_bridge.tiktok.token import Token

if TYPE_CHECKING:
    from collections.abc import Callable

LOG_ID = "20260828035612A3942F2F64B39F7F0B89"

ACCESS = Secret("act.Access-Token*0!1.va")
REFRESH = Secret("rft.Refresh-Token*0!1.va")
CODE = Secret("Code-Of-A-Login*0!6410.va")
VERIFIER = Secret("Verifier-Of-A-Login-0123456789-0123456789-0123456789")
CLIENT_SECRET = Secret("Secret-Of-The-App")
UPLOAD_TOKEN = Secret("Token-Of-An-Upload")
QR_TOKEN = Secret("Token-Of-A-Qr-Login")
QR_TICKET = Secret("Ticket-Of-A-Qr-Login")
SECRETS = (
    ACCESS,
    REFRESH,
    CODE,
    VERIFIER,
    CLIENT_SECRET,
    UPLOAD_TOKEN,
    QR_TOKEN,
    QR_TICKET,
)

APP = AppSettings(client_key="awexample0000000", client_secret=CLIENT_SECRET)
UPLOAD_URL = (
    "https://open-upload-va.tiktokapis.com/upload?upload_id=1"
    f"&upload_token={UPLOAD_TOKEN.reveal()}"
)
TOKEN = Token(
    access_token=ACCESS,
    refresh_token=REFRESH,
    open_id="-000user",
    scopes=(),
    expires_at=0.0,
    refresh_expires_at=None,
)
VIDEO = Post(id="a", account="acme", video="a.mp4", title="é", privacy="SELF_ONLY")
PHOTOS = Post(
    id="b",
    account="acme",
    photos=("https://media.example.com/a.jpg", "https://media.example.com/b.webp"),
    title="Look",
    description="Two",
    privacy="SELF_ONLY",
    cover=1,
)
PULL = Pull(("https://media.example.com/a.mp4",))
QR = QrCode("https://example.com/qr", QR_TOKEN, QR_TICKET, None)


@dataclass(frozen=True, kw_only=True)
class Example:
    """One call and a success that TikTok could answer it with.

    Attributes:
        path: Path of the endpoint; stands in every error.
        call: Makes the call.
        body: The answer's JSON, or None for an empty body.
        needed: Fields without which the answer is none.
        ids: Fields that may be a number or a text.
        status: Status of the answer.
    """

    path: str
    call: Callable[[Client], object]
    body: dict[str, Any] | None
    needed: tuple[tuple[str, ...], ...] = ()
    ids: tuple[tuple[str, ...], ...] = ()
    status: int = 200

    def fresh(self) -> dict[str, Any]:
        """Return the body, to be changed."""
        return copy.deepcopy(self.body or {})


@dataclass
class Line:
    """A transport that keeps what was sent and gives one answer."""

    status: int = 200
    content: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    sent: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    def client(self) -> Client:
        """Return a client that talks into this line."""
        return Client(APP, transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        url, headers = str(request.url), dict(request.headers)
        self.sent.append((request.method, url, headers, request.read()))
        stream = httpx.ByteStream(self.content)  # decoded by who reads it
        return httpx.Response(self.status, headers=self.headers, stream=stream)


def line(body: object, status: int = 200, **headers: str) -> Line:
    """Return a line that answers with *body* as JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Line(status, json.dumps(body).encode(), named)


def ok(**data: object) -> dict[str, Any]:
    """Wrap *data* in the envelope of a success."""
    return {"data": data, "error": {"code": "ok", "message": "", "log_id": LOG_ID}}


TOKENS: dict[str, Any] = {
    "access_token": "act.new",
    "expires_in": 86400,
    "open_id": "-000user",
    "refresh_expires_in": 31536000,
    "refresh_token": "rft.new",
    "scope": "user.info.basic,video.publish",
    "token_type": "Bearer",
}

ONE_VIDEO: dict[str, Any] = {
    "id": "7602997517160123666",
    "create_time": 1770210873,
    "title": "Spring",
    "video_description": "Spring is here",
    "duration": 12,
    "height": 1920,
    "width": 1080,
    "share_url": "https://www.tiktok.com/@acme/video/7602997517160123666",
}

POST_ID = "publicaly_available_post_id"

EXAMPLES: dict[str, Example] = {
    "exchange": Example(
        path="/v2/oauth/token/",
        call=lambda c: c.oauth.exchange(CODE, "http://127.0.0.1:1/cb/", VERIFIER, 0),
        body=TOKENS,
        needed=(("access_token",), ("expires_in",)),
    ),
    "refresh": Example(
        path="/v2/oauth/token/",
        call=lambda c: c.oauth.refresh(TOKEN, 0),
        body={"access_token": "act.new", "refresh_token": "rft.new"},
        needed=(("access_token",),),
    ),
    "client_token": Example(
        path="/v2/oauth/token/",
        call=lambda c: c.oauth.client_token(0),
        body={"access_token": "clt.new", "expires_in": 7200},
        needed=(("access_token",), ("expires_in",)),
    ),
    "revoke": Example(
        path="/v2/oauth/revoke/", call=lambda c: c.oauth.revoke(ACCESS), body=None
    ),
    "qr_code": Example(
        path="/v2/oauth/get_qrcode/",
        call=lambda c: c.oauth.qr_code(["user.info.basic"], "state"),
        body={
            "scan_qrcode_url": "https://x.example/?client_ticket=tobefilled",
            "token": "qr",
        },
        needed=(("scan_qrcode_url",), ("token",)),
    ),
    "check_qr_code": Example(
        path="/v2/oauth/check_qrcode/",
        call=lambda c: c.oauth.check_qr_code(QR),
        body={"status": "confirmed", "redirect_uri": "https://x.example/?code=a%2A"},
        needed=(("status",), ("redirect_uri",)),
    ),
    "creator_info": Example(
        path="/v2/post/publish/creator_info/query/",
        call=lambda c: c.content.creator_info(ACCESS),
        body=ok(
            creator_username="acme",
            creator_nickname="Acme",
            creator_avatar_url="https://x.example/a.webp",
            privacy_level_options=["SELF_ONLY"],
            comment_disabled=False,
            duet_disabled=True,
            stitch_disabled=True,
            max_video_post_duration_sec=3600,
        ),
        needed=(("data", "privacy_level_options"),),
    ),
    "video_init": Example(
        path="/v2/post/publish/video/init/",
        call=lambda c: c.content.init(ACCESS, VIDEO, "direct", plan_chunks(100)),
        body=ok(publish_id="v_pub_file~v2-1.1", upload_url=UPLOAD_URL),
        needed=(("data", "publish_id"), ("data", "upload_url")),
    ),
    "video_pull": Example(
        path="/v2/post/publish/video/init/",
        call=lambda c: c.content.init(ACCESS, VIDEO, "direct", PULL),
        body=ok(publish_id="v_pub_url~v2.1"),
        needed=(("data", "publish_id"),),
    ),
    "inbox_init": Example(
        path="/v2/post/publish/inbox/video/init/",
        call=lambda c: c.content.init(ACCESS, VIDEO, "inbox", plan_chunks(100)),
        body=ok(publish_id="v_inbox_file~v2.1", upload_url=UPLOAD_URL),
        needed=(("data", "publish_id"), ("data", "upload_url")),
    ),
    "photo_init": Example(
        path="/v2/post/publish/content/init/",
        call=lambda c: c.content.init(ACCESS, PHOTOS, "direct", Pull(PHOTOS.photos)),
        body=ok(publish_id="p_pub_url~v2.1"),
        needed=(("data", "publish_id"),),
    ),
    "status": Example(
        path="/v2/post/publish/status/fetch/",
        call=lambda c: c.content.status(ACCESS, "v_pub_file~v2-1.1"),
        body=ok(
            status="PUBLISH_COMPLETE", uploaded_bytes=5, **{POST_ID: [7602997517160123]}
        ),
        needed=(("data", "status"),),
        ids=(("data", POST_ID),),
    ),
    "cancel": Example(
        path="/v2/post/publish/cancel/",
        call=lambda c: c.content.cancel(ACCESS, "v_pub_url~v2.1"),
        body={"error": {"code": "ok", "message": "", "log_id": LOG_ID}},
    ),
    "upload": Example(
        path="/upload",
        call=lambda c: c.content.put(UPLOAD_URL, "video/mp4", (0, 4, 4), [b"1234"]),
        body=None,
        status=201,
    ),
    "user_info": Example(
        path="/v2/user/info/",
        call=lambda c: c.display.user_info(ACCESS),
        body=ok(user={"open_id": "-000user", "display_name": "Acme"}),
        needed=(("data", "user"),),
    ),
    "video_list": Example(
        path="/v2/video/list/",
        call=lambda c: c.display.video_list(ACCESS, cursor=5, max_count=20),
        body=ok(videos=[ONE_VIDEO], cursor=1770210873000, has_more=True),
        needed=(("data", "videos"),),
    ),
    "video_query": Example(
        path="/v2/video/query/",
        call=lambda c: c.display.video_query(ACCESS, ["7602997517160123666"]),
        body=ok(videos=[ONE_VIDEO]),
        needed=(("data", "videos"),),
    ),
}
