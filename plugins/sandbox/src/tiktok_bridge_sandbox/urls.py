"""Which path is answered by what; a table and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge_sandbox import (
    control,
    login,
    oauth_responses,
    outside,
    qr_responses,
    responses,
    upload_responses,
    user_responses,
    video_responses,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from tiktok_bridge_sandbox.calls import Call
    from tiktok_bridge_sandbox.sandbox import Sandbox

    Handler = Callable[[Call], Awaitable[Response]]
    Control = Callable[[Request, Sandbox], Awaitable[Response]]

ENDPOINTS: Final[dict[str, tuple[str, str, Handler]]] = {
    "authorize": ("GET", "/v2/auth/authorize/", login.authorize),
    "qr_code": ("POST", "/v2/oauth/get_qrcode/", qr_responses.qr_code),
    "qr_check": ("POST", "/v2/oauth/check_qrcode/", qr_responses.qr_check),
    "token": ("POST", "/v2/oauth/token/", oauth_responses.token),
    "revoke": ("POST", "/v2/oauth/revoke/", oauth_responses.revoke),
    "creator_info": (
        "POST",
        "/v2/post/publish/creator_info/query/",
        responses.creator_info,
    ),
    "video_init": ("POST", "/v2/post/publish/video/init/", responses.video_init),
    "inbox_init": ("POST", "/v2/post/publish/inbox/video/init/", responses.inbox_init),
    "photo_init": ("POST", "/v2/post/publish/content/init/", responses.photo_init),
    "status": ("POST", "/v2/post/publish/status/fetch/", responses.status),
    "cancel": ("POST", "/v2/post/publish/cancel/", responses.cancel),
    "upload": ("PUT", "/upload", upload_responses.upload),
    "user_info": ("GET", "/v2/user/info/", user_responses.user_info),
    "video_list": ("POST", "/v2/video/list/", video_responses.video_list),
    "video_query": ("POST", "/v2/video/query/", video_responses.video_query),
}
"""Where each of ``endpoints.NAMES`` answers, and what answers it."""

UPLOAD_DOORS: Final = ("/upload/", "/video/")
"""Other paths of the upload host; a switch says which one is open."""

CONTROLS: Final[dict[str, tuple[str, Control]]] = {
    "/_sandbox/state": ("GET", control.state),
    "/_sandbox/tokens": ("GET", control.tokens),
    "/_sandbox/faults": ("POST", control.faults),
    "/_sandbox/reset": ("POST", control.reset),
    "/_sandbox/clock": ("POST", control.clock),
    "/_sandbox/webhooks": ("GET POST", outside.webhooks),
    "/_sandbox/creator": ("POST", outside.creator),
    "/_sandbox/login": ("POST", control.login),
    "/_sandbox/consent": ("POST", login.decide),
    "/_sandbox/scan": ("GET", login.scan),
}
"""The sandbox's own endpoints; no fault ever hits them."""
