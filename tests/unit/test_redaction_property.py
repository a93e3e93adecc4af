"""No secret that anybody could have is shown, wherever it stands."""

from __future__ import annotations

import html
import json
import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.unit.test_redaction import Keeper
from tiktok_bridge import Redaction

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = 20_000 if settings().max_examples > 100 else 200
"""Many in `make chaos`."""

FORMS: list[Callable[[str], str]] = [
    str,
    repr,
    ascii,
    json.dumps,
    html.escape,
    lambda one: quote(one, safe="", errors="replace"),
    lambda one: repr(one.encode("utf-8", "surrogatepass")),
    lambda one: json.dumps({"error": json.dumps({"message": one})}),
]

SECRETS = st.one_of(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8),
    st.text(min_size=8),
    st.binary(min_size=8).map(lambda raw: raw.decode("latin-1")),
    st.text("ab", min_size=8),
    st.text("%\\&;#x0123456789abcdefu\"'/", min_size=8),
)
AROUND = st.text(st.characters(codec="utf-8"), max_size=20)


def said_of(text: str) -> list[logging.LogRecord]:
    """Return what is logged of a request, an answer and an exception with *text*."""
    body = text.encode("utf-8", "replace")
    request = httpx.Request("PUT", "https://a.example/up", content=body)
    answer = httpx.Response(403, content=body, request=request)
    error = httpx.ReadError(text, request=request)
    info = (type(error), error, None)
    fields: list[dict[str, object]] = [
        {"msg": "%s %s", "args": (request, request.content)},
        {"msg": "%r %s", "args": (dict(answer.headers, x=text), answer.text)},
        {"msg": text, "args": (), "extra": {"body": [body, text]}},
        {"msg": "failed", "exc_info": info},
    ]
    return [logging.makeLogRecord(one) for one in fields]


def shown_of(text: str, redaction: Redaction) -> str:
    handler = Keeper()
    redaction.put_on(handler)
    for record in said_of(text):
        handler.handle(record)
    return handler.shown


def windows(secret: str) -> set[str]:
    return {secret[at : at + 12] for at in range(max(len(secret) - 11, 1))}


@settings(max_examples=EXAMPLES)
@given(SECRETS, st.sampled_from(FORMS), AROUND, AROUND)
def test_no_part_of_a_secret_is_shown(
    secret: str, form: Callable[[str], str], before: str, after: str
) -> None:
    redaction = Redaction()
    redaction.add(secret)
    # the text of the test itself is no secret, and a mark is none
    innocent = shown_of(f"{before}***{after}", redaction)
    assume(not any(one in innocent for one in windows(secret)))

    shown = shown_of(f"{before}{form(secret)}{after}", redaction)

    assert [one for one in windows(secret) if one in shown] == []
