"""Send events to a stream or to a channel, each as one text of JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tiktok_bridge import Event
    from tiktok_bridge_redis.server import Server


class StreamNotifier:
    """Append each event to a stream, which keeps about the last *maxlen*."""

    def __init__(self, server: Server, stream: bytes, maxlen: int) -> None:
        self._server = server
        self._act = f"add an event to the stream {stream.decode(errors='replace')!a}"
        self._start = ("XADD", stream, "MAXLEN", "~", maxlen, "*", "event")

    def notify(self, event: Event) -> None:
        """See `Notifier.notify`."""
        self.notify_all([event])

    def health(self) -> str:
        """See `Checkable.health`."""
        return _answers(self._server, self._act)

    def notify_all(self, events: Sequence[Event]) -> None:
        """See `BatchNotifier.notify_all`."""
        commands = [(*self._start, _text(event)) for event in events]
        if commands:
            self._server.run(self._act, *commands[:-1])
            self._server.write(self._act, commands[-1])


class ChannelNotifier:
    """Publish each event on a channel, to whoever listens at that moment."""

    def __init__(self, server: Server, channel: bytes) -> None:
        self._server = server
        self._act = f"publish an event on {channel.decode(errors='replace')!a}"
        self._channel = channel

    def notify(self, event: Event) -> None:
        """See `Notifier.notify`."""
        self.notify_all([event])

    def health(self) -> str:
        """See `Checkable.health`."""
        return _answers(self._server, self._act)

    def notify_all(self, events: Sequence[Event]) -> None:
        """See `BatchNotifier.notify_all`."""
        commands = [("PUBLISH", self._channel, _text(event)) for event in events]
        self._server.run(self._act, *commands)


def _answers(server: Server, act: str) -> str:
    server.run(act, ("PING",))
    return "the server answers"


def _text(event: Event) -> bytes:
    """Return *event* as JSON; half a surrogate pair stays a JSON escape."""
    text = json.dumps(
        event, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=dict
    )
    return text.encode("utf-8", "backslashreplace")
