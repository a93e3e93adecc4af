"""Replace a text by the rule of its field: each rule is one line of a table.

A rule returns what stands for a value, or the value where it is nobody's own. Every
one can be left out, which is how tests prove that it is needed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tiktok_bridge_diagnostics.redact import address, surrogates, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiktok_bridge_diagnostics.redact.maker import Maker

LOG_ID: Final = re.compile(r"[0-9A-Fa-f]{16,40}")
PUBLISH_ID: Final = re.compile(
    r"([vp]_(?:pub|inbox)_(?:file|url)~v2(?:-1)?\.)([0-9]{1,19})"
)
POST_ID: Final = re.compile(r"[0-9]{1,19}")
SHORT_NUMBER: Final = re.compile(r"-?[0-9]{1,8}(?:\.[0-9]{1,6})?")
DATE: Final = re.compile(
    r"[0-9]{4}-[01][0-9]-[0-3][0-9](?:T[0-9:.]{5,15}(?:Z|[+-][0-9:]+)?)?"
)
VERSION: Final = re.compile(
    r"[0-9]{1,5}(?:\.[0-9]{1,5}){0,4}(?:[.+-]?(?:a|b|rc|dev|post)[0-9]{1,4})?"
)
ENUM: Final = re.compile(
    r"[A-Z]{2,20}(?:_[A-Z]{1,20}){0,6}|[a-z]{1,20}(?:[_-][a-z]{1,20}){1,9}"
)
SIMPLE: Final = re.compile(r"[a-z]{2,20}|E[A-Z0-9]{2,15}")
"""A word of ours, or the name of an error of the system."""

KEY: Final = re.compile(r"[a-z_]{1,30}(?:\[[0-9]{1,4}\])?(?:\.[a-z_]{1,30}){1,4}")
"""A key of bridge.yaml, such as `notify[0].to`."""

VARIABLE: Final = re.compile(r"[A-Z]{2,20}(?:_[A-Z0-9]{1,20}){1,6}")
HOST: Final = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}")
SCOPE: Final = re.compile(r"[a-z]{2,20}(?:\.[a-z]{2,20}){1,3}")
PIECES: Final = re.compile(
    r"⟪[a-z_]+:[0-9a-f]{12}⟫|redacted\.[a-z_]+\.[0-9a-f]{12}|[^\s\"'`,;:()<>{}\[\]]+"
)
"""What a sentence consists of; between them there is nothing that tells anything."""


EDGES: Final = ".!?*=/-_→·…"
"""What stands around a word and is no part of it."""

NUMBERS: Final = 3
"""Numbers that a sentence may have; more of them may spell something."""


def _secret(kind: str) -> Callable[[Maker, str], str]:
    """Return a rule that lets nothing stay."""
    return lambda maker, value: maker.surrogates.in_text(kind, value)


def _token(kind: str) -> Callable[[Maker, str], str]:
    return lambda maker, value: maker.surrogates.token(kind, value)


def _word(maker: Maker, value: str) -> str:
    """Let a known word stay, a short number, and what has the shape of a code."""
    if any(shape.fullmatch(value) for shape in (ENUM, SIMPLE, KEY)):
        return value
    return _text(maker, value)


def _text(maker: Maker, value: str) -> str:
    """Let a known word, a short number or a date stay."""
    if value in words.vocabulary() or _is_plain(value):
        return value
    if POST_ID.fullmatch(value):
        return maker.surrogates.number(value)
    return maker.surrogates.in_text("text", value)


def _is_plain(value: str) -> bool:
    return any(shape.fullmatch(value) for shape in (SHORT_NUMBER, DATE, VERSION))


def _number(maker: Maker, value: str) -> str:
    if not value.isdecimal():
        return maker.surrogates.in_text("number", value)
    return maker.surrogates.number(value)


def _log_id(maker: Maker, value: str) -> str:
    if maker.profile == "public" or not LOG_ID.fullmatch(value):
        return maker.surrogates.log_id(value)
    return value


def _publish_id(maker: Maker, value: str) -> str:
    found = PUBLISH_ID.fullmatch(value)
    if found is None:
        return maker.surrogates.in_text("publish_id", value)
    if maker.profile == "public" and not surrogates.NUMBER.fullmatch(found[2]):
        return found[1] + maker.surrogates.number(found[2])
    return value


def _post_id(maker: Maker, value: str) -> str:
    if not POST_ID.fullmatch(value):
        return maker.surrogates.in_text("post_id", value)
    return maker.surrogates.number(value) if maker.profile == "public" else value


def _scope(maker: Maker, value: str) -> str:
    """Let scopes, and the names of fields, stay in a list."""
    return ",".join(
        one
        if SCOPE.fullmatch(one) or one in words.vocabulary() or surrogates.kind_of(one)
        else one and maker.surrogates.in_address("scope", one)
        for one in value.split(",")
    )


def _message(maker: Maker, value: str) -> str:
    """Let the words of TikTok's sentences stay, and short numbers."""
    if value in words.SENTENCES:
        return value
    known = words.of_sentences()
    numbers = sum(_is_plain(one.strip(EDGES)) for one in PIECES.findall(value))

    def piece(found: re.Match[str]) -> str:
        word = found.group()
        core = word.strip(EDGES)
        parts = [core.lower(), *re.split("[_-]", core.lower())]
        is_known = parts[0] in known or all(one in known for one in parts[1:])
        is_number = numbers <= NUMBERS and _is_plain(core)
        if not core or is_known or is_number or surrogates.kind_of(core):
            return word
        return maker.surrogates.in_text("text", word)

    return PIECES.sub(piece, value)


def _version(maker: Maker, value: str) -> str:
    return value if VERSION.fullmatch(value) else _text(maker, value)


def _name(maker: Maker, value: str) -> str:
    """Replace the name of an account, a post, a host or a stranger's plugin."""
    if maker.profile == "local" or value in words.vocabulary():
        return value
    if HOST.fullmatch(value):
        return _host(maker, value)
    if VARIABLE.fullmatch(value) and not maker.is_name(value):
        return value
    return maker.surrogates.in_text("name", value)


def _host(maker: Maker, value: str) -> str:
    return value if address.is_public(value) else maker.surrogates.host(value)


def _authorization(maker: Maker, value: str) -> str:
    """Replace what follows `Bearer`, as a token; of another header, all."""
    scheme, _, token = value.partition(" ")
    if scheme != "Bearer" or not token:
        return maker.surrogates.in_text("authorization", value)
    if surrogates.kind_of(token):
        return value
    return f"Bearer {maker.surrogates.token('access_token', token)}"


RULES: Final[dict[str, Callable[[Maker, str], str]]] = {
    "access_token": _token("access_token"),
    "refresh_token": _token("refresh_token"),
    "client_key": _secret("client_key"),
    "client_secret": _secret("client_secret"),
    "code": _secret("code"),
    "verifier": _secret("verifier"),
    "challenge": _secret("challenge"),
    "state": _secret("state"),
    "ticket": _secret("ticket"),
    "upload_token": _secret("upload_token"),
    "open_id": _secret("open_id"),
    "handle": _secret("handle"),
    "nickname": _secret("nickname"),
    "caption": _secret("caption"),
    "body": _secret("body"),
    "path": _secret("path"),
    "field": _secret("field"),
    "authorization": _authorization,
    "url": address.redacted,
    "host": _host,
    "name": _name,
    "publish_id": _publish_id,
    "post_id": _post_id,
    "log_id": _log_id,
    "number": _number,
    "scope": _scope,
    "message": _message,
    "version": _version,
    "word": _word,
    "text": _text,
}
"""What is done to a value, by the name of the rule; see `fields`."""
