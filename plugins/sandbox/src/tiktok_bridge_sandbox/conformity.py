"""Which schema each request and each answer of an endpoint follows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from tiktok_bridge_sandbox import contract
from tiktok_bridge_sandbox.endpoints import OAUTH
from tiktok_bridge_sandbox.errors import InvalidParamsError, OAuthError, UploadError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.responses import Response

    from tiktok_bridge_sandbox.contract import Breach

PAGES: Final = ("authorize",)
"""Endpoints for a person: what they send is a page or leads to one."""

MALFORMED: Final = "The request parameters are malformed."
"""Recorded for an OAuth request that cannot be read."""

KINDS: Final = {"boolean": "bool", "array": "list"}
"""Types of JSON Schema in the words of the refusals."""

WIDTHS: Final = (-(2**31), 2**31 - 1, -(2**63), 2**63 - 1)
"""Limits that only say how wide an integer is."""


def schema_of(endpoint: str, part: str) -> str:
    """Return the name of the schema for one part of an endpoint's conversation.

    A part is ``query``, ``request`` (body or form), ``headers`` or ``answer``.
    """
    return f"{endpoint.replace('_', '-')}-{part}"


def check_request(endpoint: str, body: object, *, is_lenient: bool = False) -> None:
    """Refuse a JSON body that breaks the schema of its endpoint.

    With *is_lenient* a field that no page documents is no breach.

    Raises:
        InvalidParamsError: It names the first wrong field, or says what TikTok
            was recorded to say.
    """
    for breach in contract.breaches(schema_of(endpoint, "request"), body):
        refusal = _refusal(breach)
        is_forgiven = is_lenient and breach.keyword == "additionalProperties"
        # Another code means that a rule with an order of its own refuses it.
        if not is_forgiven and "code" not in refusal:
            raise InvalidParamsError(refusal.get("message") or _as_words(breach))


def check_form(endpoint: str, form: Mapping[str, str]) -> None:
    """Refuse a form that breaks the schema of its endpoint.

    Raises:
        OAuthError: It says what TikTok was recorded to say.
    """
    for breach in contract.breaches(schema_of(endpoint, "request"), form):
        refusal = _refusal(breach)
        if "code" not in refusal:
            raise OAuthError(refusal.get("message", MALFORMED))


def check_headers(endpoint: str, headers: Mapping[str, str]) -> None:
    """Refuse a PUT whose headers, in lower case, break their schema.

    Raises:
        UploadError: 400.
    """
    for breach in contract.breaches(schema_of(endpoint, "headers"), {**headers}):
        raise UploadError(400, str(breach))


def _refusal(breach: Breach) -> Mapping[str, str]:
    rules = [breach.rule]
    if breach.keyword == "required":
        missing = breach.where.rpartition(".")[2]
        rules.insert(0, breach.rule.get("properties", {}).get(missing, {}))
    for rule in rules:
        refusal: Mapping[str, str] = rule.get("x-refusals", {}).get(breach.keyword, {})
        if refusal:
            return refusal
    return {}


def _as_words(breach: Breach) -> str:
    field = f"The field {breach.where.rpartition('.')[2]}"
    match breach.keyword:
        case "additionalProperties" if isinstance(breach.instance, dict):
            known = breach.rule["properties"]
            return f"The field {min(set(breach.instance) - set(known))} is unknown"
        case "required":
            return f"{field} is missing"
        case "type":
            kind = breach.rule.get("format", breach.rule["type"])
            return f"{field} is no {KINDS.get(kind, kind)}"
        case "minimum" | "maximum" if breach.rule[breach.keyword] in WIDTHS:
            return f"{field} is no {breach.rule['format']}"
        case _:
            return f"{field} is invalid"


def violations_of_answer(
    endpoint: str, response: Response, wished: str = ""
) -> list[str]:
    """Return what is wrong with an answer of the sandbox.

    *wished* is a word that a switch made the sandbox say: it may be no word of
    TikTok's.
    """
    if endpoint in PAGES:
        location = response.headers.get("location")
        return violations_of_callback(location) if location else []
    name, said = _said(endpoint, response)
    return _violations(endpoint, contract.breaches(name, said), wished)


def violations_of_callback(location: str) -> list[str]:
    """Return what is wrong with where a login page sends the person."""
    said = dict(parse_qsl(urlsplit(location).query))
    return _violations("callback", contract.breaches("authorize-callback", said), "")


def violations_of_event(event: str, body: bytes, wished: str = "") -> list[str]:
    """Return what is wrong with the body of a webhook that the sandbox sends."""
    name = f"webhook-{event.replace('.', '-').replace('_', '-')}"
    found = contract.webhook_breaches(name, json.loads(body))
    return _violations("webhook", found, wished)


def _violations(what: str, found: Iterable[Breach], wished: str) -> list[str]:
    return [
        f"the sandbox's own {what} is wrong: {breach}"
        for breach in found
        if not (wished and breach.keyword == "enum" and breach.instance == wished)
    ]


def _said(endpoint: str, response: Response) -> tuple[str, object]:
    if endpoint == "upload":
        return schema_of(endpoint, "answer"), _upload_answer(response)
    said = json.loads(bytes(response.body)) if response.body else None
    is_error = response.status_code >= 400  # noqa: PLR2004 - the first error of HTTP
    if not isinstance(said, dict):
        return schema_of(endpoint, "answer"), said
    if endpoint in OAUTH:
        return _oauth_schema(endpoint, said, is_error=is_error), said
    error = said if "code" in said else said.get("error")
    is_ok = isinstance(error, dict) and error.get("code") == "ok"
    if is_ok and not is_error:
        return schema_of(endpoint, "answer"), said
    return "bare-error-answer" if error is said else "error-answer", said


def _oauth_schema(endpoint: str, said: Mapping[str, object], *, is_error: bool) -> str:
    if is_error or "error" in said:
        return "oauth-error-answer"
    return "legacy-answer" if "data" in said else schema_of(endpoint, "answer")


def _upload_answer(response: Response) -> dict[str, object]:
    answer: dict[str, object] = {"status": response.status_code}
    if "content-range" in response.headers:
        answer["content-range"] = response.headers["content-range"]
    return answer
