"""No secret is in any log record, repr or exception, whatever comes back."""

from __future__ import annotations

import json
import logging
import traceback
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote

import httpx
import pytest

from tests.unit.conversation import APP, EXAMPLES, SECRETS, Example, Line
from tiktok_bridge import BridgeError, Client

if TYPE_CHECKING:
    from collections.abc import Callable

ECHO = "ECHO"
"""Stands for what the answer repeats: each secret that it was asked with."""

ANSWERS: dict[str, Line | Exception] = {
    "refused": Line(403, b'{"error": {"code": "x", "message": "ECHO"}}'),
    "refused with an odd code": Line(403, b'{"error": {"code": "ECHO"}}'),
    "refused, flat": Line(400, b'{"error": "x", "error_description": "ECHO"}'),
    "refused, old": Line(
        200, b'{"data": {"error_code": 5, "description": "ECHO"}, "message": "error"}'
    ),
    "a page": Line(502, b"<html>ECHO</html>", {"x-tt-logid": ECHO}),
    "an odd type": Line(200, b"x", {"content-type": "text/ECHO"}),
    "an echoed log id": Line(200, b'{"error": {"code": "x", "log_id": "ECHO"}}'),
    "an empty body": Line(200, b"", {"x-tt-logid": ECHO}),
    "a redirect": Line(302, b"", {"location": "https://x.example/?ECHO"}),
    "broken": httpx.ReadError("reset"),
    "slow": httpx.ReadTimeout("timed out"),
}


ENCODINGS: list[Callable[[str], str]] = [
    str,
    quote,
    quote_plus,
    lambda one: quote(one, safe="").lower(),
    lambda one: quote(one, safe="*!").swapcase(),
    lambda one: quote(quote(one, safe=""), safe=""),
    lambda one: "".join(f"%{ord(sign):02x}" for sign in one),
]
"""How a server may write what it repeats."""


def asked_with(request: httpx.Request) -> str:
    """Return the secrets of *request*, plain and as they were sent."""
    parts = [str(request.url), *request.headers.values(), request.read().decode()]
    whole = " ".join(parts)
    forms = [f(one.reveal()) for one in SECRETS for f in (str, quote, quote_plus)]
    known = sorted({unquote(one) for one in forms if one in whole})
    return " ".join(encode(one) for one in known for encode in ENCODINGS)


def told(error: BaseException | None) -> str:
    """Return everything that an error and what caused it would show."""
    shown = []
    while error is not None:
        shown += [repr(error), str(error), repr(vars(error))]
        shown += traceback.format_exception_only(error)
        error = error.__cause__ or error.__context__
    return "\n".join(shown)


def answered(name: str, example: Example) -> Line | Exception:
    if name != "well":
        return ANSWERS[name]
    content = b"" if example.body is None else json.dumps(example.body).encode()
    return Line(example.status, content)


def hidden_in(text: str) -> list[str]:
    """Return the secrets that *text* shows, plain or encoded."""
    forms = {one.reveal() for one in SECRETS}
    forms |= {quote(one, safe="") for one in forms}
    forms |= {"act.new", "rft.new", "clt.new"}
    plain = unquote(unquote(text))
    return [one for one in forms if one.lower() in f"{text} {plain}".lower()]


@pytest.mark.parametrize("call", EXAMPLES)
@pytest.mark.parametrize("name", ["well", *ANSWERS])
def test_nothing_shows_a_secret(
    call: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    example = EXAMPLES[call]
    said = answered(name, example)

    def answer(request: httpx.Request) -> httpx.Response:
        echo = asked_with(request)
        if isinstance(said, Exception):
            raise said
        headers = {k: v.replace(ECHO, echo) for k, v in said.headers.items()}
        content = said.content.replace(ECHO.encode(), echo.encode())
        return httpx.Response(said.status, headers=headers, content=content)

    shown = ""
    try:
        shown = repr(example.call(Client(APP, transport=httpx.MockTransport(answer))))
    except BridgeError as error:
        shown = told(error)

    assert hidden_in(shown) == []
    assert hidden_in("\n".join(record.getMessage() for record in caplog.records)) == []


def test_the_control_a_secret_in_plain_sight_is_found() -> None:
    for secret in SECRETS:
        assert hidden_in(f"GET /?a={quote(secret.reveal(), safe='')}")
        assert hidden_in(f"Bearer {secret.reveal()}")
