"""Know the secrets of one installation, and hide them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge.redaction import patterns
from tiktok_bridge.redaction.addresses import HIDDEN, secrets_in
from tiktok_bridge.redaction.escapes import opened, views
from tiktok_bridge.redaction.known import Known
from tiktok_bridge.secrets import Secret

if TYPE_CHECKING:
    import logging


class Redaction:
    """Hide known secrets, in whatever way they are encoded, and what looks like one.

    A value of fewer than 8 characters is not looked for. Of a longer one, no 12
    characters in a row are shown, and not the whole.
    """

    def __init__(self) -> None:
        self._known = Known()

    def add(self, *values: Secret | str | bytes | None, keep: bool = False) -> None:
        """Hide *values* from now on.

        Only the newest 1,000 are sure to be remembered, but those with *keep* always.
        """
        for value in values:
            plain = value.reveal() if isinstance(value, Secret) else value
            if plain:
                self._known.add(plain, keep=keep)

    def add_url(self, url: str, *, keep: bool = False) -> None:
        """Hide the password and the secret parameters of *url* from now on."""
        self.add(*secrets_in(url), keep=keep)

    def known(self) -> list[str | bytes]:
        """Return the secrets themselves, for a search of what is to leave."""
        return self._known.values()

    def text(self, text: str) -> str:
        """Return *text* with every secret replaced by `***`."""
        spans = {
            view.span(*span)
            for view in views(opened(text))
            for find in (self._known.spans, patterns.spans)
            for span in find(view.text)
        }
        parts: list[str] = []
        at = 0
        for start, stop in _joined(spans):
            parts += (text[at:start], HIDDEN)
            at = stop
        return "".join([*parts, text[at:]])

    def put_on(self, handler: logging.Handler) -> None:
        """Let *handler* get records without secrets only; others get what they got."""
        from tiktok_bridge.redaction.records import (  # noqa: PLC0415 - logging is slow to import
            CleanEmit,
        )

        CleanEmit.put_on(handler, self)


def _joined(spans: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return *spans* in order, those that meet made one."""
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(stop, joined[-1][1])
        else:
            joined.append((start, stop))
    return joined
