"""Publish posts: one object that owns everything it needs."""

from __future__ import annotations

import logging
import random
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit

from tiktok_bridge import host as hosts
from tiktok_bridge.clock import SystemClock
from tiktok_bridge.config.settings import Settings
from tiktok_bridge.errors import ConfigError, ConflictError, InvalidInput
from tiktok_bridge.ledger.conflict import conflict
from tiktok_bridge.ledger.database import Database
from tiktok_bridge.ledger.ledger import Ledger
from tiktok_bridge.ledger.states import AT_REST, OPEN
from tiktok_bridge.models import Place, PostKey, Problem, State
from tiktok_bridge.publish import journey
from tiktok_bridge.publish.delivery import Delivery
from tiktok_bridge.publish.preflight import Objection, Preflight
from tiktok_bridge.publish.report import event, result
from tiktok_bridge.publish.run import Run
from tiktok_bridge.publish.shape import shape
from tiktok_bridge.publish.trip import Services
from tiktok_bridge.tiktok.client import Client
from tiktok_bridge.tiktok.content import is_loopback
from tiktok_bridge.tokens import login
from tiktok_bridge.tokens.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import httpx

    from tiktok_bridge.clock import Clock
    from tiktok_bridge.config.posts import PostsFile
    from tiktok_bridge.host import Host
    from tiktok_bridge.ledger.entry import Entry
    from tiktok_bridge.models import Event, Post, Result
    from tiktok_bridge.tiktok.authorize import Authorization
    from tiktok_bridge.tokens.login import Grant

    OnEvent = Callable[[Event], None]
    OnProgress = Callable[[PostKey, int, int], None]
    Locate = Callable[[int, Objection], Problem]

log = logging.getLogger(__name__)

PATIENCE: Final = 900.0
"""Seconds that `publish` waits, all in all, for TikTok to finish."""


class Bridge:
    """One installation: settings, plugins, tokens and ledger.

    Opens files and connections when they are first needed, starts no thread, and
    keeps nothing outside of itself. Close it, or use it in a `with` block.

    Args:
        settings: How TikTok is reached and where things are kept.
        host: The plugins; every installed one unless given.
        on_event: Called with each event (CloudEvents 1.0) once it is on disk.
        on_progress: Called with the post's key, the bytes sent and the whole size;
            the number falls when a chunk is sent again.
        transport: Sends the HTTP requests; TLS with proxies and CA bundles of the
            environment unless given.
        clock: Tells the time; the machine's unless given.

    Attributes:
        client: Every call of TikTok, for what this object does not do itself.
    """

    def __init__(  # noqa: PLR0913 - each has a default that is right for most
        self,
        settings: Settings,
        host: Host | None = None,
        *,
        on_event: OnEvent | None = None,
        on_progress: OnProgress | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.settings = settings
        self.host = host or hosts.load()
        base = urlsplit(settings.base_url)
        if base.scheme == "http" and not is_loopback(base.hostname or ""):
            log.warning("%s is plain http: tokens travel unprotected", base.hostname)
        self._clock = clock or SystemClock()
        self.client = Client(
            settings.app,
            base_url=settings.base_url,
            upload_hosts=settings.upload_hosts,
            transport=transport,
        )
        self._delivery = Delivery(self.host, settings.notify)
        self._random = random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._on_event = on_event
        self._on_progress = on_progress
        self._listeners: dict[PostKey, OnEvent] = {}
        self._opening = threading.Lock()
        self._ledger: Ledger | None = None
        self._vault: Vault | None = None

    @classmethod
    def from_config(cls, path: str | Path, **options: Any) -> Self:  # noqa: ANN401 - see `Bridge`
        """Read `bridge.yaml` at *path*; *options* are those of `Bridge`.

        Raises:
            ConfigError: With file, line, key, and what to write instead.
        """
        return cls(Settings.from_file(path), **options)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close what was opened."""
        self.client.close()
        if self._ledger is not None:
            self._ledger.close()

    def check(self, post: Post) -> list[Problem]:
        """Return what keeps *post* from being sent; TikTok is not asked."""
        objections = shape(post) or self._preflight.check(post)[0]
        return [_about(post, one) for one in objections if not one.warning]

    def check_file(self, file: PostsFile) -> tuple[list[Problem], list[Problem]]:
        """Return the problems and the warnings of every post of *file*."""
        found: tuple[list[Problem], list[Problem]] = ([], [])
        preflight = self._preflight
        for index, post in enumerate(file.posts):
            for objection in preflight.check(post)[0]:
                found[objection.warning].append(_written(file, index, objection))
        return found

    def publish(
        self, post: Post, *, on_event: OnEvent | None = None, wait: float = PATIENCE
    ) -> Result:
        """Publish *post* and return where it stands; see `publish_all`."""
        return self.publish_all([post], on_event=on_event, wait=wait)[0]

    def publish_all(
        self,
        posts: Sequence[Post],
        *,
        on_event: OnEvent | None = None,
        wait: float = PATIENCE,
    ) -> list[Result]:
        """Publish *posts* and return where each stands, in their order.

        A post that the ledger knows as done is not sent again. Interrupting is safe:
        what was accepted is in the ledger, and publishing again continues.

        Args:
            posts: What to publish.
            on_event: Called with each event of these posts.
            wait: Seconds to wait, all in all, for TikTok to finish.

        Raises:
            InvalidInput: Something is wrong with a post; none was sent.
            ConflictError: An id is taken by other content; none was sent.
        """
        wrong = [_about(post, one) for post in posts for one in shape(post)]
        if wrong:
            raise InvalidInput(*wrong)
        return self._publish(
            posts, lambda index, wrong: _about(posts[index], wrong), on_event, wait
        )

    def publish_file(self, file: PostsFile, *, wait: float = PATIENCE) -> list[Result]:
        """Publish the posts of *file*; see `publish_all`."""
        return self._publish(
            file.posts, lambda index, wrong: _written(file, index, wrong), None, wait
        )

    def advance(self, post_id: str, account: str | None = None) -> Result:
        """Make one step with a post that was accepted before.

        `next_at` of the result says when the next step is due; None is the end. A
        queue or a cron job can call this instead of `publish`.

        Raises:
            BusyError: Another process is working on it.
        """
        key = self.ledger.named(post_id, account).key
        return result(self._advance(key), sent=True)

    def begin_login(
        self, redirect_uri: str | None = None, *, always_ask: bool = False
    ) -> Authorization:
        """Begin a login at *redirect_uri* (`app.redirect_uri`); send them to its `url`.

        With *always_ask* who has consented before is asked again (web platform).
        """
        return login.begin(self.settings, redirect_uri, always_ask=always_ask)

    def finish_login(
        self,
        account: str,
        authorization: Authorization,
        query: str | bytes,
        *,
        switch_user: bool = False,
    ) -> Grant:
        """Keep the token that the *query* of TikTok's redirect leads to, once.

        Raises:
            LoginError: It belongs to another login, TikTok or the person said no, or
                another user than before logged in, without *switch_user*.
        """
        return login.finish(
            self.vault, account, authorization, query, switch_user=switch_user
        )

    def retry(self, post_id: str, account: str | None = None) -> Result:
        """Let a post that failed be sent again, with new content if it is given.

        Raises:
            ConfigError: It has not failed.
        """
        entry = self.ledger.named(post_id, account)
        if entry.state != State.FAILED:
            raise ConfigError(
                f"the post {post_id!r} is {entry.state}; only one that is FAILED is"
                " sent again"
            )
        with self.ledger.claims.hold(entry.key) as claimed:
            return result(self._plan_again(claimed, "somebody asked for another try"))

    def settle(
        self, post_id: str, account: str | None = None, *, published: bool
    ) -> Result:
        """Say how a post ended that nobody knows, after looking at the account.

        Raises:
            ConfigError: Its end is known, or it was never sent.
        """
        entry = self.ledger.named(post_id, account)
        if entry.state not in OPEN:
            raise ConfigError(
                f"the post {post_id!r} is {entry.state}; only one that is"
                f" {', '.join(sorted(OPEN))} can be settled"
            )
        with self.ledger.claims.hold(entry.key) as claimed:
            note = "somebody looked at the account"
            looked = self.ledger.move(claimed, State.UNKNOWN, note)
            if not published:
                return result(self._plan_again(looked, "somebody says: not published"))
            done = State.IN_INBOX if looked.mode == "inbox" else State.PUBLISHED
            note = "somebody says: published"
            return result(
                self.ledger.move(looked, done, note, failure=None, next_at=None)
            )

    @property
    def ledger(self) -> Ledger:
        """The ledger, opened when it is first needed."""
        with self._opening:
            if self._ledger is None:
                database = Database(self.settings.ledger)
                announce = self._delivery.announce
                self._ledger = Ledger(database, self._clock, announce, self._tell)
            return self._ledger

    @property
    def vault(self) -> Vault:
        """The tokens, opened when they are first needed."""
        with self._opening:
            if self._vault is None:
                store = self.host.open_token_store(self.settings.tokens)
                self._vault = Vault(
                    self.settings, store, self.client.oauth, self._clock
                )
            return self._vault

    @property
    def _preflight(self) -> Preflight:
        return Preflight(self.settings, self.host, self.vault)

    @property
    def _services(self) -> Services:
        return Services(
            self.settings,
            self.host,
            self.client.content,
            self.vault,
            self.ledger,
            self._clock,
            self._random,
            self._show,
        )

    def _publish(
        self,
        posts: Sequence[Post],
        locate: Locate,
        on_event: OnEvent | None,
        patience: float,
    ) -> list[Result]:
        sizes = self._sizes(posts, locate)
        keys = [_key(post) for post in posts]
        if on_event:
            self._listeners |= dict.fromkeys(keys, on_event)
        try:
            entries = self.ledger.accept(zip(posts, sizes, strict=True))
            run = Run(entries, self._advance, self._clock, patience)
            run.finish()
        finally:
            for key in keys:
                self._listeners.pop(key, None)
        self._delivery.deliver(self.ledger.outbox)
        return [result(run.entries[key], sent=key in run.touched) for key in keys]

    def _sizes(self, posts: Sequence[Post], locate: Locate) -> list[int | None]:
        """Check every post that can still be sent; return the sizes of the videos."""
        known = self.ledger.known(_key(post) for post in posts)
        preflight = self._preflight
        sizes: list[int | None] = []
        wrong: list[Problem] = []
        taken: list[Problem] = []
        for index, post in enumerate(posts):
            entry, size = known.get(_key(post)), None
            if entry is None or entry.state not in AT_REST | OPEN:
                objections, size = preflight.check(post)
                wrong += [locate(index, o) for o in objections if not o.warning]
            if found := conflict(entry, post, size):
                taken.append(locate(index, Objection("id", *found)))
            sizes.append(size)
        if taken:
            raise ConflictError(*taken, *wrong)
        if wrong:
            raise InvalidInput(*wrong)
        return sizes

    def _advance(self, key: PostKey) -> Entry:
        with self.ledger.claims.hold(key) as entry:
            advanced = journey.advance(self._services, entry)
        self._delivery.deliver(self.ledger.outbox)
        return advanced

    def _plan_again(self, claimed: Entry, note: str) -> Entry:
        return self.ledger.move(
            claimed,
            State.PLANNED,
            note,
            publish_id=None,
            mode=claimed.post.mode,
            size_bytes=None,
            failure=None,
            tries=0,
            next_at=None,
        )

    def _tell(self, entry: Entry) -> None:
        for listener in (self._on_event, self._listeners.get(entry.key)):
            if listener:
                with _tolerated(entry.key):
                    listener(event(entry))

    def _show(self, entry: Entry, sent: int) -> None:
        if self._on_progress:
            with _tolerated(entry.key):
                self._on_progress(entry.key, sent, entry.size_bytes or 0)


@contextmanager
def _tolerated(key: PostKey) -> Iterator[None]:
    """Let a callback fail without failing the post."""
    try:
        yield
    except Exception:
        log.exception("a callback for %s failed", key)


def _key(post: Post) -> PostKey:
    return PostKey(post.account, post.id)


def _about(post: Post, objection: Objection) -> Problem:
    place = Place(key=f"post {post.id!s:.200}: {objection.key}")
    return Problem(place, objection.message, objection.hint)


def _written(file: PostsFile, index: int, objection: Objection) -> Problem:
    return file.problem(index, objection.key, objection.message, hint=objection.hint)
