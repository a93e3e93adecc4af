"""Read facts out of exchanges: an answer is never kept on its own."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from tiktok_bridge import Fact
from tiktok_bridge_diagnostics.exchange import Exchange, parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ENDPOINTS: Final = {
    "/v2/post/publish/creator_info/query/": "creator_info",
    "/v2/post/publish/video/init/": "video_init",
    "/v2/post/publish/inbox/video/init/": "inbox_init",
    "/v2/post/publish/content/init/": "photo_init",
    "/v2/post/publish/status/fetch/": "status",
    "/v2/post/publish/cancel/": "cancel",
    "/v2/user/info/": "user_info",
    "/v2/video/list/": "video_list",
    "/v2/video/query/": "video_query",
    "/v2/oauth/token/": "token",
    "/v2/oauth/revoke/": "revoke",
}
"""What is at a path of TikTok's API."""

INITS: Final = ("video_init", "photo_init")
"""The endpoints that start a direct post, which an audit decides about."""


def facts(exchanges: Iterable[Exchange]) -> Iterator[Fact]:
    """Yield one fact of kind `http` for each of *exchanges*.

    Its data: `endpoint` (see ENDPOINTS; `upload`, or `other`), `method`, `host`,
    `path`, `status`, `code` (of either envelope; None when there is none), `log_id`
    and `log_id_in` (where it stood: `log_id`, `logid` or `header`), `seconds`, `date`
    (seconds since the epoch, by the server's clock), `is_json`, `broke` (see
    `Breakage`), `session` (stands for the token that was used), `asked` and `answered`
    (the bodies as JSON, of an API answer its `data`).
    """
    for one in exchanges:
        data = _data(one)
        at = round(one.at, 3)  # as a cassette has it
        yield Fact("http", one.about, data, one.id, at or data["date"] or 0.0)


def endpoint(method: str, url: str) -> str:
    """Return the name of what is asked with *method* at *url*."""
    path = urlsplit(url).path
    if path in ENDPOINTS:
        return ENDPOINTS[path]
    return "upload" if method == "PUT" else "other"


def _data(one: Exchange) -> dict[str, Any]:
    parts = urlsplit(one.url)
    body = parsed(one.answered, one.header("content-type")) if one.answered else None
    answered = body if isinstance(body, dict) else {}
    error = answered.get("error")
    in_body = error if isinstance(error, dict) else answered
    log_ids = {name: in_body.get(name) for name in ("log_id", "logid")}
    log_ids["header"] = one.header("x-tt-logid")
    where = next((name for name, value in log_ids.items() if value), None)
    log_id = log_ids[where] if where else None
    asked = parsed(one.asked, one.asked_header("content-type")) if one.asked else {}
    return {
        "endpoint": endpoint(one.method, one.url),
        "method": one.method,
        "host": parts.hostname or "",
        "path": parts.path,
        "status": one.status,
        "code": _code(error),
        "message": _message(answered),
        "log_id": log_id if isinstance(log_id, str) and log_id else None,
        "log_id_in": where,
        "seconds": round(one.seconds, 3),
        "date": _date(one.header("date")),
        "is_json": isinstance(body, dict),
        "content_type": (one.header("content-type") or "").partition(";")[0],
        "broke": one.broke,
        "session": one.asked_header("authorization"),
        "asked": asked if isinstance(asked, dict) else {},
        "answered": _inner(answered),
    }


def _inner(answered: dict[str, Any]) -> dict[str, Any]:
    """Return `data` of an API answer, or the flat answer of an OAuth endpoint."""
    if isinstance(answered.get("error"), dict) or "data" in answered:
        data = answered.get("data")
        return data if isinstance(data, dict) else {}
    return answered


def _code(error: Any) -> str | None:  # noqa: ANN401 - whatever came
    """Return the code of an API envelope, or the error of an OAuth one."""
    code = error.get("code") if isinstance(error, dict) else error
    return code if isinstance(code, str) else None


def _message(answered: dict[str, Any]) -> str | None:
    error = answered.get("error")
    said = error.get("message") if isinstance(error, dict) else None
    said = said or answered.get("error_description")
    return said if isinstance(said, str) and said else None


def _date(value: str | None) -> float | None:
    try:
        return parsedate_to_datetime(value).timestamp() if value else None
    except (ValueError, TypeError):
        return None
