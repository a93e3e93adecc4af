"""Find the codes in the JSON of a text: answers, webhooks, cassettes, log lines."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge_diagnostics.explain.mention import Mention, known, of_login

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_WORK: Final = 5_000_000
"""Signs that are read in vain, behind braces that begin no JSON, before it ends."""

WINDOW: Final = 256 * 1024
"""Signs that one object may have, unless it is the whole text."""

ATTEMPT: Final = 500
"""What it costs to try at all, in signs."""

MAX_DEPTH: Final = 50
"""Levels that are looked at, texts that hold JSON included."""

LOG_IDS: Final = ("log_id", "logid", "x-tt-logid")

STATUSES: Final = ("status", "status_code", "http_status")

_STATUS: Final = re.compile(r"[1-5][0-9]{2}")
_START: Final = re.compile(r"\{(?=\s{0,99}[\"}])")
_DECODER: Final = json.JSONDecoder(parse_int=str, parse_float=str)


def split(text: str) -> tuple[list[dict[str, Any]], str]:
    """Return the JSON objects in *text*, and what is left without them."""
    values, parts = [], []
    work = end = 0
    start = _START.search(text)
    while start and work < MAX_WORK:
        at = start.start()
        window = text[at : at + WINDOW] if at else text
        try:
            value, length = _DECODER.raw_decode(window)
        except (json.JSONDecodeError, RecursionError) as error:
            work += _reached(error, window)
            start = _START.search(text, at + 1)
        else:
            values.append(value)
            parts.append(text[end:at])
            end = at + length
            start = _START.search(text, end)
    return values, " ".join([*parts, text[end:]])


def _reached(error: Exception, window: str) -> int:
    """Return what the decoder cost, in signs, before it gave up."""
    if isinstance(error, json.JSONDecodeError) and "Unterminated" not in error.msg:
        return error.pos + ATTEMPT
    return len(window)


def mentions(values: list[dict[str, Any]]) -> Iterator[Mention]:
    """Yield what each of *values* names."""
    for value in values:
        yield from _of(value, 0, {})


def _of(value: object, depth: int, around: dict[str, Any]) -> Iterator[Mention]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, dict):
        yield from _of_object(value, around)
        for inner in value.values():
            yield from _of(inner, depth + 1, value)
    elif isinstance(value, list):
        for inner in value:
            yield from _of(inner, depth + 1, around)
    elif isinstance(value, str) and value.lstrip().startswith("{"):
        for inner in split(value)[0]:
            yield from _of(inner, depth + 1, around)


def _of_object(found: dict[str, Any], around: dict[str, Any]) -> Iterator[Mention]:
    said = {key: value for key, value in found.items() if isinstance(value, str)}
    if said.keys() & {"error", "error_type", "errCode"}:
        yield from of_login(said)
    if "code" in said and around.get("error") is found:
        yield Mention("api", said["code"])
    elif "code" in said:
        one = _alone(said["code"])
        if one.kind or known(one):  # a login's code is a secret
            yield one
    if said.get("error_code", "0") != "0":
        yield _alone(said["error_code"])
    if "fail_reason" in said:
        yield Mention("fail", said["fail_reason"])
    if known(Mention("status", said.get("status", "-"))):
        yield Mention("status", said["status"])
    if "reason" in said:
        is_removal = around.get("event") == "authorization.removed"
        yield Mention("removed" if is_removal else "fail", said["reason"])
    yield from _statuses(said)
    yield from _log_ids(found)


def _statuses(said: dict[str, str]) -> Iterator[Mention]:
    for key in STATUSES:
        if _STATUS.fullmatch(said.get(key, "")):
            yield Mention("http", said[key])


def _alone(code: str) -> Mention:
    """Return what names *code* where nothing says its kind."""
    return Mention("http" if _STATUS.fullmatch(code) else None, code)


def _log_ids(found: dict[str, Any]) -> Iterator[Mention]:
    for key, value in found.items():
        if key.casefold() in LOG_IDS:
            values = value if isinstance(value, list) else [value]
            yield from (
                Mention("log_id", one) for one in values if isinstance(one, str)
            )
