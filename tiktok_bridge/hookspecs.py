"""Declare every extension point: what a plugin may add, and what it must return.

Every hook here has a heading in docs/hooks.md and a contract in
`tiktok_bridge.testing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    import click

    from tiktok_bridge.findings import Check, Collector
    from tiktok_bridge.models import Event, MediaStat

PROJECT: Final = "tiktok_bridge"  #: pluggy project name and entry-point group

HOOK_VERSION: Final = 1
"""Version of what this module promises. A plugin that says `HOOK_VERSION = 1` of itself
was written for it; whatever it could notice of a change makes the number higher."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class TokenStore(Protocol):
    """Keep one sealed record per account: bytes in, the same bytes out.

    A store never sees a token in clear text, and need not understand the record.
    Errors are raised as `StoreError`, a busy lock as `BusyError`.
    """

    def load(self, account: str) -> bytes | None:
        """Return the record of *account*, or None when there is none."""

    def save(self, account: str, record: bytes) -> None:
        """Keep *record* durably: when this returns, a power cut loses nothing."""

    def delete(self, account: str) -> None:
        """Forget *account*; an unknown one is no error."""

    def accounts(self) -> list[str]:
        """Return the names of all accounts, sorted."""

    def lock(self, account: str, *, timeout: float) -> AbstractContextManager[None]:
        """Hold *account* alone among all processes.

        Raises:
            BusyError: The lock was not free within *timeout* seconds.
        """


class RecoverableStore(TokenStore, Protocol):
    """Let a damaged record be named and read back; a store may have any of these.

    The core asks for each method by its name, and does without those that are missing.
    """

    def where(self, account: str) -> str:
        """Return what a person calls the place of the record, such as a path."""

    def previous(self, account: str) -> bytes | None:
        """Return the record before the one that `load` returns, None if not kept."""

    def set_aside(self, account: str) -> str:
        """Keep a copy of the record where nothing loads it; return its place.

        The record itself stays. The copy is gone when the account is deleted.
        """


class MediaSource(Protocol):
    """Read one file, pinned: what is read is what `stat` saw first."""

    def stat(self) -> MediaStat:
        """Return size, type and version, the same for the life of the source."""

    def read(self, start: int, stop: int) -> Iterator[bytes | memoryview]:
        """Yield the bytes from *start* up to *stop* in pieces of about 1 MiB.

        A piece is valid until the next one is asked for, so that one buffer can
        serve them all.

        Raises:
            MediaError: The content is gone or has changed since the first `stat`.
        """


class PublicMedia(MediaSource, Protocol):
    """A media source from which TikTok itself can fetch the file."""

    def public_url(self) -> str | None:
        """Return an https address that lives at least an hour; it may be a secret.

        None where files of this kind have none.

        Raises:
            MediaError: The content is gone, or it could have an address if something
                were set up, which the hint names.
        """


class Notifier(Protocol):
    """Deliver events to whoever wants to know."""

    def notify(self, event: Event) -> None:
        """Deliver *event*, or raise: the outbox tries again later."""


class BatchNotifier(Notifier, Protocol):
    """A notifier that delivers several events at once for less."""

    def notify_all(self, events: Sequence[Event]) -> None:
        """Deliver *events* in their order, or raise: all of them come again later."""


class Checkable(Protocol):
    """Tell how the medium is; whatever an `open_…` hook returns may do so."""

    def health(self) -> str:
        """Say in a few words that it can be used, and what is worth knowing about it.

        Writes nothing, and holds nothing open. It is asked for at most 5 seconds.

        Raises:
            BridgeError: It cannot be used; the hint says what to do.
        """


@hookspec(firstresult=True)
def open_token_store(url: str) -> TokenStore | None:
    """Open the store *url* names, or return None when its scheme is not yours."""


@hookspec(firstresult=True)
def open_media_source(url: str) -> MediaSource | None:
    """Open the media *url* names, or return None when its scheme is not yours."""


@hookspec(firstresult=True)
def open_notifier(url: str) -> Notifier | None:
    """Open the notifier *url* names, or return None when its scheme is not yours."""


@hookspec
def register_commands(cli: click.Group) -> None:
    """Add commands to *cli*."""


@hookspec
def register_collectors() -> Iterable[Collector]:  # type: ignore[empty-body] # a spec
    """Return what gathers your facts for the doctor."""


@hookspec
def register_checks() -> Iterable[Check]:  # type: ignore[empty-body] # a spec
    """Return what judges facts: pure functions, without any I/O."""


@hookspec
def known_secrets() -> Iterable[str | bytes]:  # type: ignore[empty-body] # a spec
    """Return every value you hold that no output may contain: passwords, keys.

    Asked again whenever something of yours was opened, so answer from memory. A value
    of fewer than 8 characters is not looked for.
    """
