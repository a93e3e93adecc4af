"""Find the codes in the words of a text: log lines, addresses, broken JSON."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from tiktok_bridge import explain
from tiktok_bridge_diagnostics.explain.mention import Kind, Mention, of_login

if TYPE_CHECKING:
    from collections.abc import Iterator

LOGIN: Final = ("error", "error_type", "errCode")

_PAIR: Final = r"""[\w.%-]{1,64}=[^&?\s"'<>\\]*"""
_QUERY: Final = re.compile(rf"(?<![\w.%-]){_PAIR}(?:&{_PAIR})*")
_PUT: Final = re.compile(
    r"\b(?:upload|PUT)\b[^\n]{0,400}?"
    r"\b(?:HTTP(?:/[\d.]+)?|status|answered)\W{1,3}(\d{3})\b"
)
_HTTP: Final = re.compile(
    r"\b(?:HTTP(?:/[\d.]{1,5})?|status(?:[ _]?code)?)\\?\W{1,3}(\d{3})\b",
    re.IGNORECASE,
)
_LOG_ID: Final = re.compile(
    r"""log[_ -]?id\\?["']?\s{0,3}[:=]?\s{0,3}\\?["']?([0-9A-Fa-f]{20,64})\b""",
    re.IGNORECASE,
)
_KEYED: Final[tuple[tuple[Kind | None, re.Pattern[str]], ...]] = (
    ("fail", re.compile(r"""fail_reason\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?(\w+)""")),
    ("fail", re.compile(r"failed the post with (\w+)")),
    (
        "status",
        re.compile(r"""\bstatus\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?([A-Z_]+)\b"""),
    ),
    ("authorize", re.compile(r"\berrCode\W{1,3}(\d{5})\b")),
    (
        "authorize",
        re.compile(r"""\berror_type\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?(\w+)"""),
    ),
)
_WORD: Final = re.compile(r"(?<![\w.])[A-Za-z]+(?:_[A-Za-z]+)+(?!\w)")
_ANYWHERE: Final[tuple[Kind, ...]] = ("api", "status", "fail", "oauth")
_NAMES_A_FIELD: Final = ("client_key", "redirect_uri", "code_challenge", "scope")


def mentions(text: str) -> Iterator[Mention]:
    """Yield what *text* names; its JSON is read elsewhere."""
    for found in _LOG_ID.finditer(text):
        yield Mention("log_id", found[1])
    for found in _QUERY.finditer(text):
        yield from _of_query(found[0])
    rest = _QUERY.sub(_without_login, text)
    for found in _PUT.finditer(rest):
        if explain(found[1], "upload"):
            yield Mention("upload", found[1])
    yield from (Mention("http", found[1]) for found in _HTTP.finditer(rest))
    for kind, pattern in _KEYED:
        yield from (Mention(kind, found[1]) for found in pattern.finditer(rest))
        rest = pattern.sub(" ", rest)
    for word in dict.fromkeys(_WORD.findall(rest)):
        yield from _of_word(word)


def _of_query(query: str) -> Iterator[Mention]:
    try:
        pairs = dict(parse_qsl(query, max_num_fields=1000))
    except ValueError:
        return
    if pairs.keys() & set(LOGIN):
        yield from of_login(pairs)


def _without_login(found: re.Match[str]) -> str:
    parts = found[0].split("&")
    return "&".join(part for part in parts if part.partition("=")[0] not in LOGIN)


def _of_word(word: str) -> Iterator[Mention]:
    kinds = _spelt().get(word, ())
    found = [kind for kind in _ANYWHERE if kind in kinds]
    yield from (Mention(kind, word) for kind in found)
    if not found and word not in _NAMES_A_FIELD and "authorize" in kinds:
        yield Mention("authorize", word)


@cache
def _spelt() -> dict[str, list[str]]:
    """Return the kinds of each code, under its spellings, letter by letter."""
    kinds: dict[str, list[str]] = {}
    for one in explain():
        for spelling in (one.code, *one.spellings):
            kinds.setdefault(spelling, []).append(one.kind)
    return kinds
