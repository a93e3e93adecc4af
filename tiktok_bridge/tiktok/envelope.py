"""Read TikTok's answers, in each of the shapes that they come in.

The body decides, never the status: bans and caps come with HTTP 200.
Source: developers.tiktok.com/doc/tiktok-api-v2-error-handling, and recordings.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, NoReturn

from tiktok_bridge import catalogue
from tiktok_bridge.errors import BadAnswerError, RefusedError

if TYPE_CHECKING:
    from tiktok_bridge.secrets import Secret
    from tiktok_bridge.tiktok.wire import Reply

OK: Final = ("ok", "")
"""Values of `error.code` that mean success, the empty one only below HTTP 400."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A success: its data and the log id that TikTok's support asks for."""

    data: dict[str, Any]
    log_id: str | None


@dataclass(frozen=True, slots=True)
class _Verdict:
    code: str
    message: str


def read(
    reply: Reply,
    endpoint: str,
    kind: catalogue.Kind = "api",
    *,
    hide: tuple[Secret, ...] = (),
) -> Answer:
    """Return the data of a success; a refusal never repeats a value of *hide*.

    Raises:
        RefusedError: TikTok said no; code, message and log id are in it.
        BadAnswerError: The answer is none of this API.
    """
    body = _decode(reply, endpoint)
    log_id = find_log_id(reply, body)
    verdict = _verdict(body, reply)
    if verdict is None:
        raise _no_envelope(reply, endpoint, log_id)
    if verdict.code in OK and (verdict.code or reply.status < 400):  # noqa: PLR2004 - HTTP
        data = body.get("data", body if kind == "oauth" else {})
        return Answer(data if isinstance(data, dict) else {}, log_id)
    code, message = _hidden(verdict.code, hide), _hidden(verdict.message, hide)
    log_id = log_id and _hidden(log_id, hide)
    raise refusal(reply, endpoint, code, message, log_id, kind=kind)


def refusal(  # noqa: PLR0913 - one argument for each thing an answer tells
    reply: Reply,
    endpoint: str,
    code: str,
    message: str,
    log_id: str | None,
    *,
    kind: catalogue.Kind,
) -> RefusedError:
    """Build the error for *code*, explained by the catalogue."""
    entry = catalogue.find(kind, code)
    said = f": {message}" if message and message != code else ""
    return RefusedError(
        f"{endpoint}: TikTok answered {code or 'an error without a code'}"
        f" (HTTP {reply.status}){said.rstrip('.')}."
        f" {entry.explanation if entry else ''}".rstrip(),
        kind=kind,
        code=code,
        http_status=reply.status,
        log_id=log_id,
        retry_after=retry_after(reply),
        hint=entry.remedy if entry else "keep the log id and ask TikTok's support",
    )


def find_log_id(reply: Reply, body: object = None) -> str | None:
    """Return the log id, under any of the names it has."""
    if isinstance(body, dict):
        for holder in (body.get("error"), body, body.get("data")):
            for key in ("log_id", "logid"):
                if isinstance(holder, dict) and holder.get(key):
                    return str(holder[key])
    return reply.headers.get("x-tt-logid")


def retry_after(reply: Reply) -> float | None:
    """Return the seconds that `Retry-After` asks for, in either of its forms."""
    value = reply.headers.get("retry-after", "")
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        until = parsedate_to_datetime(value)
        now = parsedate_to_datetime(reply.headers.get("date", ""))
        return max((until - now).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None


def _hidden(text: str, hide: tuple[Secret, ...]) -> str:
    for secret in hide:
        text = text.replace(secret.reveal(), "***")
    return text


def _decode(reply: Reply, endpoint: str) -> dict[str, Any]:
    try:
        body = json.loads(
            reply.body.decode("utf-8-sig"),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=str,  # an id never passes a float
        )
        json.dumps(body, ensure_ascii=False).encode()  # half a surrogate is no text
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict):
        return body
    raise _no_envelope(reply, endpoint, find_log_id(reply))


def _verdict(body: dict[str, Any], reply: Reply) -> _Verdict | None:
    error = body.get("error")
    data = body.get("data")
    if isinstance(error, dict) and isinstance(error.get("code"), str):
        return _Verdict(error["code"], str(error.get("message") or ""))
    if isinstance(error, str) and error:
        return _Verdict(error, str(body.get("error_description") or ""))
    if isinstance(data, dict) and "error_code" in data:
        code = "ok" if data["error_code"] in (0, "0") else str(data["error_code"])
        return _Verdict(code, str(data.get("description") or ""))
    if isinstance(body.get("code"), str):
        return _Verdict(body["code"], str(body.get("message") or ""))
    if error is None and "access_token" in body and reply.status < 400:  # noqa: PLR2004 - HTTP
        return _Verdict("ok", "")
    return None


def _no_envelope(reply: Reply, endpoint: str, log_id: str | None) -> BadAnswerError:
    kind = reply.headers.get("content-type", "no type").partition(";")[0]
    what = f"{len(reply.body)} bytes of {kind}" if reply.body else "an empty body"
    return BadAnswerError(
        f"{endpoint}: HTTP {reply.status} with {what}, which is no answer of this API",
        http_status=reply.status,
        log_id=log_id,
        retry_after=retry_after(reply),
        hint="look for a proxy or a login page between here and `api.base_url`",
    )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
