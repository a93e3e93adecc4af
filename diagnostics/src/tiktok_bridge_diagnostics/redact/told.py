"""Count what was redacted, and list what free text was kept."""

from __future__ import annotations

import threading
from collections import Counter
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

KEPT: Final = ("message", "field")
"""Rules that let text of others stay, at least in part."""

MOST: Final = 1000
"""Texts that are listed."""


class Told:
    """What was done, by the place where and by the rule; safe to use from threads."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._counts: dict[str, Counter[str]] = {}
        self._kept: dict[tuple[str, str, str], None] = {}

    def replaced(self, place: str, rule: str) -> None:
        """Count that *rule* replaced something in *place*."""
        with self._turn:
            self._counts.setdefault(place, Counter())[rule] += 1

    def kept(self, place: str, rule: str, text: str) -> None:
        """List *text*, which *rule* let stay in *place*."""
        with self._turn:
            if len(self._kept) < MOST:
                self._kept[place, rule, text] = None

    def to_value(self) -> dict[str, Any]:
        """Return it as JSON: `policy`, `rules`, `places` and `kept`."""
        with self._turn:
            every: Counter[str] = Counter()
            for counts in self._counts.values():
                every.update(counts)
            return {
                "policy": policy(),
                "rules": dict(sorted(every.items())),
                "places": {
                    place: dict(sorted(counts.items()))
                    for place, counts in sorted(self._counts.items())
                },
                "kept": [
                    {"place": place, "rule": rule, "text": text}
                    for place, rule, text in sorted(self._kept)
                ],
            }


def policy() -> str:
    """Return the SHA-256 of the rules, which tells one version from another."""
    modules = files("tiktok_bridge_diagnostics.redact").iterdir()
    sources = [
        one.read_bytes()
        for one in sorted(modules, key=lambda one: one.name)
        if one.name.endswith(".py")
    ]
    return sha256(b"\0".join(sources)).hexdigest()
