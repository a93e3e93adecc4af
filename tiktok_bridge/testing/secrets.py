"""Check that a plugin names its secrets."""
# ruff: noqa: D102, S101 - a test's name is its sentence, and assert is its tool

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from tiktok_bridge.redaction.forms import SHORTEST
from tiktok_bridge.redaction.redaction import Redaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    KnownSecrets = Callable[[], Iterable[str | bytes]]


class KnownSecretsContract:
    """Check what `known_secrets` returns.

    Define `known_secrets`: the plugin's hook, after it was given its secrets, and
    `planted`: those secrets, as text.
    """

    def test_it_returns_texts_and_bytes(self, known_secrets: KnownSecrets) -> None:
        found: Any = known_secrets()

        assert not isinstance(found, str | bytes)
        assert [one for one in found if not isinstance(one, str | bytes)] == []

    def test_no_value_is_too_short_to_be_looked_for(
        self, known_secrets: KnownSecrets
    ) -> None:
        assert [one for one in known_secrets() if len(one) < SHORTEST] == []

    def test_it_may_be_asked_again(self, known_secrets: KnownSecrets) -> None:
        assert list(known_secrets()) == list(known_secrets())

    def test_no_log_shows_what_was_planted(
        self, known_secrets: KnownSecrets, planted: Iterable[str]
    ) -> None:
        shown: list[str] = []
        handler = logging.Handler()
        handler.emit = lambda record: shown.append(record.getMessage())  # type: ignore[method-assign] # a handler of one line
        redaction = Redaction()
        redaction.add(*known_secrets())
        redaction.put_on(handler)

        for secret in planted:
            record = logging.makeLogRecord({"msg": f"it is {secret}!"})
            handler.handle(record)

        assert shown == ["it is ***!" for _ in planted]
