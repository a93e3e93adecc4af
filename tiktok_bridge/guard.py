"""Hold plugins to their promises: what one does wrong is an error that names it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from tiktok_bridge.errors import BridgeError, PluginError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from tiktok_bridge.hookspecs import (
        MediaSource,
        Notifier,
        RecoverableStore,
        TokenStore,
    )
    from tiktok_bridge.models import Event, MediaStat
    from tiktok_bridge.redaction.redaction import Redaction


@contextmanager
def kept(plugin: str, act: str, redaction: Redaction) -> Iterator[None]:
    """Turn whatever *plugin* raises while it does *act* into a `PluginError`.

    What it says is kept in the ledger and told to others, so it is *redacted* here.
    """
    try:
        yield
    except BridgeError as error:
        clean(error, redaction)
        raise
    except (Exception, SystemExit) as error:
        what = redaction.text(f"{type(error).__name__}: {error}")
        raise PluginError(f"the plugin {plugin} failed to {act}: {what}") from error


def clean(error: BridgeError, redaction: Redaction) -> None:
    """Hide the secrets in what *error*, which a plugin raised, says."""
    error.message = redaction.text(error.message)
    error.args = tuple(
        redaction.text(one) if isinstance(one, str) else one for one in error.args
    )
    error.hint = error.hint and redaction.text(error.hint)


def secrets(given: Any) -> list[str | bytes]:  # noqa: ANN401 - what a plugin gave
    """Return what a plugin *gave* as its secrets.

    Raises:
        TypeError: It is something else.
    """
    is_list = not isinstance(given, str | bytes)
    found: list[str | bytes] = list(given) if is_list else []
    if not is_list or not all(isinstance(one, str | bytes) for one in found):
        raise TypeError("known_secrets returned something else than texts and bytes")
    return found


class Guarded:
    """Whatever a plugin has opened.

    Attributes:
        plugin: Its name.
    """

    def __init__(self, plugin: str, opened: object, redaction: Redaction) -> None:
        self.plugin = plugin
        self._opened = opened
        self._redaction = redaction

    def health(self) -> str | None:
        """See `Checkable.health`, on one line; None from one that does not tell."""
        ask = getattr(self._opened, "health", None)
        if ask is None:
            return None
        with self._kept("tell how it is"):
            said = "".join(c if c.isprintable() else " " for c in _typed(ask(), str))
            return " ".join(said.split())

    def _kept(self, act: str) -> AbstractContextManager[None]:
        return kept(self.plugin, act, self._redaction)


class GuardedStore(Guarded):
    """A token store of a plugin; see `TokenStore`."""

    def __init__(self, plugin: str, store: TokenStore, redaction: Redaction) -> None:
        super().__init__(plugin, store, redaction)
        self._store = store

    def load(self, account: str) -> bytes | None:
        """See `TokenStore.load`."""
        with self._kept("load a token"):
            record: Any = self._store.load(account)
            return None if record is None else _typed(record, bytes)

    def save(self, account: str, record: bytes) -> None:
        """See `TokenStore.save`."""
        with self._kept("save a token"):
            self._store.save(account, record)

    def delete(self, account: str) -> None:
        """See `TokenStore.delete`."""
        with self._kept("delete a token"):
            self._store.delete(account)

    def accounts(self) -> list[str]:
        """See `TokenStore.accounts`."""
        with self._kept("list its accounts"):
            return sorted(_typed(name, str) for name in self._store.accounts())

    @contextmanager
    def lock(self, account: str, *, timeout: float) -> Iterator[None]:
        """See `TokenStore.lock`."""
        with self._kept("lock an account"):
            held = self._store.lock(account, timeout=timeout)
            held.__enter__()
        try:
            yield
        finally:
            with self._kept("unlock an account"):
                held.__exit__(None, None, None)

    @property
    def keeps_previous(self) -> bool:
        """Whether the store keeps the record before the last one."""
        return hasattr(self._store, "previous")

    def previous(self, account: str) -> bytes | None:
        """See `RecoverableStore.previous`; None from a store that is none."""
        if not self.keeps_previous:
            return None
        with self._kept("load the token before the last one"):
            record: Any = self._recoverable.previous(account)
            return None if record is None else _typed(record, bytes)

    def where(self, account: str) -> str:
        """See `RecoverableStore.where`; empty from a store that does not tell."""
        if not hasattr(self._store, "where"):
            return ""
        with self._kept("tell where a token is"):
            place: Any = self._recoverable.where(account)
            return str(_typed(place, str))

    def set_aside(self, account: str) -> str:
        """See `RecoverableStore.set_aside`; does nothing with a store that is none."""
        if not hasattr(self._store, "set_aside"):
            return "gone"
        with self._kept("set a damaged token aside"):
            place: Any = self._recoverable.set_aside(account)
            return str(_typed(place, str))

    @property
    def _recoverable(self) -> RecoverableStore:
        return cast("RecoverableStore", self._store)


class GuardedMedia(Guarded):
    """A media source of a plugin; see `MediaSource`."""

    def __init__(self, plugin: str, source: MediaSource, redaction: Redaction) -> None:
        super().__init__(plugin, source, redaction)
        self._source = source

    def stat(self) -> MediaStat:
        """See `MediaSource.stat`."""
        from tiktok_bridge.models import MediaStat  # noqa: PLC0415 - slow to import

        with self._kept("tell what a video is"):
            stat: MediaStat = _typed(self._source.stat(), MediaStat)
            _typed(stat.size_bytes, int)
            _typed(stat.version, str)
            return stat

    def read(self, start: int, stop: int) -> Iterator[bytes | memoryview]:
        """See `MediaSource.read`; exactly the bytes that were asked for."""
        left = stop - start
        with self._kept("read a video"):
            pieces = iter(self._source.read(start, stop))
        while True:
            with self._kept("read a video"):
                piece: Any = next(pieces, None)
                if piece is None:
                    break
                view = memoryview(piece).cast("B")
            left -= view.nbytes
            if left < 0:
                break
            yield view
        if left:
            raise PluginError(
                f"the plugin {self.plugin} failed to read a video: it gave"
                f" {stop - start - left} bytes for {stop - start}"
            )

    def public_url(self) -> str | None:
        """See `PublicMedia.public_url`; None where the plugin has none."""
        find = getattr(self._source, "public_url", None)
        if find is None:
            return None
        with self._kept("name a public address"):
            url = find()
            return None if url is None else _typed(url, str)


class GuardedNotifier(Guarded):
    """A notifier of a plugin; see `Notifier`."""

    def __init__(self, plugin: str, notifier: Notifier, redaction: Redaction) -> None:
        super().__init__(plugin, notifier, redaction)
        self._notifier = notifier

    def notify(self, event: Event) -> None:
        """See `Notifier.notify`."""
        with self._kept("notify"):
            self._notifier.notify(event)

    @property
    def takes_many(self) -> bool:
        """Whether it is a `BatchNotifier`."""
        return hasattr(self._notifier, "notify_all")

    def notify_all(self, events: Sequence[Event]) -> None:
        """See `BatchNotifier.notify_all`."""
        many: Any = self._notifier
        with self._kept("notify"):
            many.notify_all(events)


def _typed(value: Any, kind: type) -> Any:  # noqa: ANN401 - what a plugin gave
    if not isinstance(value, kind):
        raise TypeError(f"{value!r:.60} is no {kind.__name__}")
    return value
