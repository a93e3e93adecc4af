"""Redact exchanges before they are kept anywhere, and facts before they leave."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import parse_qsl, urlencode

from tiktok_bridge_diagnostics.redact import fields, headers, key, rules, tree
from tiktok_bridge_diagnostics.redact.surrogates import Surrogates, kind_of
from tiktok_bridge_diagnostics.redact.told import KEPT, Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from tiktok_bridge import Fact
    from tiktok_bridge_diagnostics.exchange import Exchange
    from tiktok_bridge_diagnostics.redact.fields import Place
    from tiktok_bridge_diagnostics.redact.maker import Profile

METHOD: Final = re.compile(r"[A-Z]{1,16}")
DIGEST: Final = re.compile(r'\{"bytes": ([0-9]{1,19}), "sha256": "[0-9a-f]{64}"\}')
"""What stands for a body of media; see `exchange.digest`."""

NAMED: Final = ("text", "word", "message", "path", "version", "field")
"""Rules of fields that may hold the name of an account or a post."""

_place: ContextVar[str] = ContextVar("place", default="")


class Redactor:
    """Replaces what is not known to be safe by surrogates that stay equal.

    What it has redacted, it leaves as it is; so a recorded exchange can be redacted
    again for another reader. Safe to use from several threads.

    Args:
        surrogates_key: What surrogates are made with.
        profile: For whom; see `Profile`.
        without: Rules that are left out; for tests.
    """

    def __init__(
        self,
        surrogates_key: bytes,
        profile: Profile = "local",
        without: Iterable[str] = (),
    ) -> None:
        self.surrogates = Surrogates(surrogates_key)
        self.profile = profile
        self._key = surrogates_key
        self._without = frozenset(without)
        self._names: set[str] = set()
        self._told = Told()

    @classmethod
    def of(cls, config: Path, profile: Profile = "local", *, make: bool = True) -> Self:
        """Return the one of the installation at *config*; see `key.of`."""
        return cls(key.of(config, make=make), profile)

    def to(self, profile: Profile) -> Self:
        """Return one for others, with the same surrogates."""
        return type(self)(self._key, profile, self._without)

    def exchange(self, exchange: Exchange) -> Exchange:
        """Return *exchange* without secrets and personal data.

        It never fails, for it stands in the way of what is recorded: what it cannot
        redact, it drops.
        """
        try:
            return self._exchange(exchange)
        except Exception:  # noqa: BLE001 - a fault of ours must not stop a post
            self._told.replaced(f"exchanges/{exchange.by}", "dropped")
            return replace(
                exchange,
                about="",
                url="https://dropped.invalid/",
                asked_headers={},
                asked="",
                phrase="",
                headers={},
                answered="",
            )

    def _exchange(self, exchange: Exchange) -> Exchange:
        with self._in(f"exchanges/{exchange.by}"):
            asked = self._body(exchange.asked, exchange.asked_header, "asked")
            answered = self._body(exchange.answered, exchange.header, "answered")
            return replace(
                exchange,
                about=self._about(exchange.about),
                method=exchange.method if METHOD.fullmatch(exchange.method) else "GET",
                url=self.apply("url", exchange.url),
                asked_headers=self._headers(exchange.asked_headers, asked),
                asked=asked,
                phrase=self._phrase(exchange),
                headers=self._headers(exchange.headers, answered),
                answered=answered,
            )

    def fact(self, fact: Fact) -> Fact:
        """Return *fact* as somebody else may read it.

        Numbers and words that are known stay; every other text is replaced by what
        stays equal.
        """
        with self._in(f"facts/{fact.kind}"):
            is_named = fact.kind not in fields.OF_OURS
            about = self._about(fact.about) if is_named else fact.about
            return replace(
                fact, about=about, data=tree.redacted(self, fact.data, "fact")
            )

    def learn(self, facts: Iterable[Fact]) -> None:
        """Remember what *facts* are about: names of accounts, posts and hosts."""
        self._names.update(one.about for one in facts if one.kind not in fields.OF_OURS)
        self._names.discard("")

    def report(self) -> dict[str, Any]:
        """Return what was replaced, by place and by rule, and which text was kept."""
        return self._told.to_value()

    def applies(self, rule: str) -> bool:
        """See `Maker.applies`."""
        return rule not in self._without

    def is_name(self, value: str) -> bool:
        """Tell whether *value* is the name of something that a fact is about."""
        return value in self._names

    def apply(self, rule: str, value: str) -> str:
        """See `Maker.apply`."""
        if not value or not self.applies(rule):
            return value
        if kind := kind_of(value):
            self._told.replaced(_place.get(), kind)
            return value
        if rule in NAMED and self.is_name(value):
            rule = "name"
        redacted = rules.RULES[rule](self, value)
        if redacted != value:
            self._told.replaced(_place.get(), rule)
        if rule in KEPT and kind_of(redacted) is None:
            self._told.kept(_place.get(), rule, redacted)
        return redacted

    @contextmanager
    def _in(self, place: str) -> Iterator[None]:
        token = _place.set(place)
        try:
            yield
        finally:
            _place.reset(token)

    def _about(self, name: str) -> str:
        return self.apply("name", name)

    def _headers(self, given: Mapping[str, Any], body: str) -> Mapping[str, Any]:
        if not self.applies("header"):
            return given
        media = DIGEST.fullmatch(body)
        size = int(media[1]) if media else len(body.encode())
        return headers.redacted(given, size, self.apply)

    def _phrase(self, exchange: Exchange) -> str:
        """Return the phrase if it is the one that belongs to the status."""
        known = {one.value: one.phrase for one in HTTPStatus}
        if not self.applies("phrase") or exchange.phrase == known.get(
            exchange.status or 0
        ):
            return exchange.phrase
        return ""

    def _body(self, body: str, header: Any, place: Place) -> str:  # noqa: ANN401 - a method
        """Return *body*; what cannot be read is dropped whole."""
        if not body or DIGEST.fullmatch(body):
            return body
        if "x-www-form-urlencoded" in (header("content-type") or ""):
            return self._form(body, place)
        try:
            told = tree.redacted(self, tree.parsed(body), place)
            return json.dumps(told, ensure_ascii=False)
        except tree.UnreadableError:
            return self.apply("body", body)

    def _form(self, body: str, place: Place) -> str:
        pairs = parse_qsl(body, keep_blank_values=True, errors="surrogateescape")
        if not pairs:
            return self.apply("body", body)
        told = [
            next(iter(tree.redacted(self, {name: value}, place).items()))
            for name, value in pairs
        ]
        return urlencode(told, safe=":,.", encoding="utf-8", errors="replace")
