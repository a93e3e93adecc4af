"""Read TikTok's answers, in each of the shapes that they come in.

The body decides, never the status: bans and caps come with HTTP 200.
Source: developers.tiktok.com/doc/tiktok-api-v2-error-handling, and recordings.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, NoReturn
from urllib.parse import unquote

from tiktok_bridge import catalogue
from tiktok_bridge.errors import BadAnswerError, RefusedError
from tiktok_bridge.tiktok.answer import Answer, Written

if TYPE_CHECKING:
    from tiktok_bridge.secrets import Secret
    from tiktok_bridge.tiktok.wire import Reply

LONGEST_TEXT: Final = 500
"""Characters of a message that are repeated; a log id has 34."""


SECRETIVE: Final = frozenset({"access_token", "token", "status"})
"""Keys of flat successes; such a one may have a `code` too, which is a secret."""


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
    may_be_empty: bool = False,
) -> Answer:
    """Return the data of a success; no error repeats a value of *hide*.

    Raises:
        RefusedError: TikTok said no; code, message and log id are in it.
        BadAnswerError: The answer is none of this API.
    """
    if may_be_empty and not reply.body.strip() and reply.status < 300:  # noqa: PLR2004 - HTTP
        return Answer(
            endpoint=endpoint,
            http_status=reply.status,
            log_id=find_log_id(reply, hide=hide),
            data={},
        )
    body = _decode(reply)
    log_id = find_log_id(reply, body, hide=hide)
    flat = kind == "oauth" and not may_be_empty
    verdict = _verdict(body, reply, flat=flat) if body else None
    data = _data(body, kind) if body else None
    if verdict and verdict.code != "ok":
        code, message = verdict.code, _hidden(verdict.message, hide)
        if catalogue.find(kind, code) is None:  # one that is known holds no secret
            code = _hidden(code, hide)
        raise refusal(reply, endpoint, code, message, log_id, kind=kind)
    if verdict is None or data is None or 300 <= reply.status < 400:  # noqa: PLR2004 - HTTP
        raise _no_envelope(reply, endpoint, log_id, hide)
    return Answer(endpoint=endpoint, http_status=reply.status, log_id=log_id, data=data)


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
        retryable=entry is not None and entry.retry in ("yes", "later"),
        hint=entry.remedy if entry else "keep the log id and ask TikTok's support",
    )


def find_log_id(
    reply: Reply, body: object = None, *, hide: tuple[Secret, ...] = ()
) -> str | None:
    """Return the log id, under any of the names it has."""
    if isinstance(body, dict):
        for holder in (body.get("error"), body, body.get("data")):
            for key in ("log_id", "logid"):
                value = holder.get(key) if isinstance(holder, dict) else None
                if isinstance(value, str | int) and value and value is not True:
                    return _hidden(str(value), hide)
    return _hidden(reply.headers.get("x-tt-logid", ""), hide) or None


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
    plain = _decoded(text)
    for secret in hide:
        value = secret.reveal()
        if value and value.lower() in plain:  # to look closer costs more
            text = re.sub(_any_form(secret.reveal()), "***", text, flags=re.IGNORECASE)
    return "".join(c if c.isprintable() else " " for c in text[:LONGEST_TEXT])


def _decoded(text: str) -> str:
    """Return *text* in small letters, without percent-encoding of any depth."""
    while (plain := unquote(text)) != text:
        text = plain
    return text.lower()


def _any_form(value: str) -> str:
    """Return a pattern for *value*, any byte of it percent-encoded, even twice."""
    return "".join(
        f"(?:{re.escape(chr(byte))}|%(?:25)*{byte:02x})" for byte in value.encode()
    )


def _decode(reply: Reply) -> dict[str, Any] | None:
    """Return the JSON object in *reply*, or None."""
    try:
        body = json.loads(
            reply.body.decode("utf-8-sig"),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=Written,  # an id never passes a float
        )
        # half a surrogate is no text
        json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _verdict(body: dict[str, Any], reply: Reply, *, flat: bool) -> _Verdict | None:
    """Return what *body* says; with *flat* it says yes where it does not say no."""
    error, data = body.get("error"), body.get("data")
    failed = reply.status >= 400  # noqa: PLR2004 - HTTP
    if isinstance(error, dict) and isinstance(error.get("code"), str):
        is_one = error["code"] or failed  # a gateway's code is empty
        return _Verdict(error["code"], _text(error, "message")) if is_one else None
    if isinstance(error, str) and error not in ("", "ok"):
        return _Verdict(error, _text(body, "error_description"))
    if isinstance(data, dict) and "error_code" in data:
        return _old_verdict(data)
    if flat and not failed and not error and not SECRETIVE.isdisjoint(body):
        return _Verdict("ok", "")
    bare = body.get("code")
    if isinstance(bare, str) and bare != "ok" and ("message" in body or failed):
        return _Verdict(bare, _text(body, "message"))
    return _Verdict("ok", "") if flat and not error and not failed else None


def _old_verdict(data: dict[str, Any]) -> _Verdict | None:
    """Return what *data* says in the shape of the first version of the API."""
    number = data["error_code"]
    if isinstance(number, bool | Written) or not isinstance(number, int | str):
        return None
    code = "ok" if number in (0, "0") else str(number)
    return _Verdict(code, _text(data, "description")) if code else None


def _data(body: dict[str, Any], kind: catalogue.Kind) -> dict[str, Any] | None:
    """Return what a success holds; OAuth's is flat. None if that is no object."""
    data = body.get("data")
    if data is None:
        return body if kind == "oauth" else {}
    return data if isinstance(data, dict) else None


def _text(holder: dict[str, Any], name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) else ""


def _no_envelope(
    reply: Reply, endpoint: str, log_id: str | None, hide: tuple[Secret, ...]
) -> BadAnswerError:
    kind = reply.headers.get("content-type", "no type").partition(";")[0]
    what = f"{len(reply.body)} bytes of {kind}" if reply.body else "an empty body"
    return BadAnswerError(
        f"{endpoint}: HTTP {reply.status} with {_hidden(what, hide)}, which is no"
        " answer of this API",
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
