"""Publish posts: one object that owns everything it needs."""

from __future__ import annotations

import logging
import random
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit

from tiktok_bridge import host as hosts
from tiktok_bridge.clock import SystemClock
from tiktok_bridge.config.settings import Settings
from tiktok_bridge.ledger.database import Database
from tiktok_bridge.ledger.ledger import Ledger
from tiktok_bridge.publish import decide, journey
from tiktok_bridge.publish.accept import about, accept, key_of, require_shape, written
from tiktok_bridge.publish.delivery import Delivery
from tiktok_bridge.publish.events import Events
from tiktok_bridge.publish.listeners import Listeners
from tiktok_bridge.publish.preflight import Preflight
from tiktok_bridge.publish.receive import receive
from tiktok_bridge.publish.report import result
from tiktok_bridge.publish.run import Run
from tiktok_bridge.publish.shape import shape
from tiktok_bridge.publish.trip import Services
from tiktok_bridge.tiktok import webhooks
from tiktok_bridge.tiktok.client import Client
from tiktok_bridge.tiktok.content import is_loopback
from tiktok_bridge.tokens import login
from tiktok_bridge.tokens.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import httpx

    from tiktok_bridge.clock import Clock
    from tiktok_bridge.config.posts import PostsFile
    from tiktok_bridge.host import Host
    from tiktok_bridge.ledger.entry import Entry
    from tiktok_bridge.models import Post, PostKey, Problem, Result
    from tiktok_bridge.publish.accept import Locate
    from tiktok_bridge.publish.listeners import OnEvent, OnProgress
    from tiktok_bridge.tiktok.authorize import Authorization
    from tiktok_bridge.tiktok.webhooks import Headers, WebhookEvent
    from tiktok_bridge.tokens.login import Grant

    Steps = Callable[[Services, Entry], Entry]

log = logging.getLogger(__name__)

PATIENCE: Final = 900.0
"""Seconds that `publish` waits, all in all, for TikTok to finish."""


class Bridge:
    """One installation: settings, plugins, tokens and ledger.

    Opens what it needs when it is first needed, starts no thread but for each call
    of a notifier, and keeps nothing outside of itself. Close it, or use `with`.

    Args:
        settings: How TikTok is reached and where things are kept.
        host: The plugins; every installed one unless given.
        on_event: Called with each event (CloudEvents 1.0) once it is on disk.
        on_progress: Called with the post's key, the bytes sent and the whole size;
            the number falls when a chunk is sent again.
        transport: Sends the HTTP requests; TLS, and the environment's proxies, else.
        clock: Tells the time; the machine's unless given.

    Attributes:
        client: Every call of TikTok, for what this object does not do itself.
        events: Those that no notifier has taken yet.
        redaction: Hides every secret that was met; `put_on` a log handler.
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
        notify = settings.notify
        self.redaction = self.host.learn_secrets(
            settings.ledger, settings.tokens, *(one.to for one in notify)
        )
        base = urlsplit(settings.base_url)
        if base.scheme == "http" and not is_loopback(base.hostname or ""):
            log.warning("%s is plain http: tokens travel unprotected", base.hostname)
        self._clock = clock or SystemClock()
        self.client = Client(
            settings.app,
            base_url=settings.base_url,
            upload_hosts=settings.upload_hosts,
            transport=transport,
            redaction=self.redaction,
        )
        self._random = random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._delivery = Delivery(self.host, notify, self._clock, self._random)
        self.events = Events(self._delivery, lambda: self.ledger)
        self._listeners = Listeners(on_event, on_progress, self._delivery.expect)
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
        return [about(post, one) for one in objections if not one.warning]

    def check_file(self, file: PostsFile) -> tuple[list[Problem], list[Problem]]:
        """Return the problems and the warnings of every post of *file*."""
        found: tuple[list[Problem], list[Problem]] = ([], [])
        preflight = self._preflight
        for index, post in enumerate(file.posts):
            for objection in preflight.check(post)[0]:
                found[objection.warning].append(written(file, index, objection))
        return found

    def accept(self, post: Post) -> Result:
        """Check *post* and keep it; TikTok is not asked, and nothing is sent.

        For a web request: it takes as long as to read the head of a video. From then
        on `advance`, anywhere, sends it; `due` names it until it has ended.

        Raises:
            InvalidInput: Something is wrong with it; it was not kept.
            ConflictError: Its id is taken by other content.
            BusyError: Its content changed while another process sends it.
        """
        require_shape([post])
        return result(self._accept([post], lambda _, one: about(post, one))[0])

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
        jobs: int = 1,
    ) -> list[Result]:
        """Publish *posts* and return where each stands, in their order.

        A post that the ledger knows as done is not sent again. Interrupting is safe:
        what was accepted is in the ledger, and publishing again continues.

        Args:
            posts: What to publish.
            on_event: Called with each event of these posts.
            wait: Seconds to wait, all in all, for TikTok to finish.
            jobs: How many accounts are worked on at once, each by a thread that ends
                with this call; the posts of one account follow each other.

        Raises:
            InvalidInput: Something is wrong with a post; none was sent.
            ConflictError: An id is taken by other content; none was sent.
        """
        require_shape(posts)
        return self._publish(
            posts,
            lambda index, wrong: about(posts[index], wrong),
            on_event,
            wait,
            jobs,
        )

    def publish_file(
        self, file: PostsFile, *, wait: float = PATIENCE, jobs: int = 1
    ) -> list[Result]:
        """Publish the posts of *file*; see `publish_all`."""
        return self._publish(
            file.posts,
            lambda index, wrong: written(file, index, wrong),
            None,
            wait,
            jobs,
        )

    def advance(self, post_id: str, account: str | None = None) -> Result:
        """Make one step with a post that was accepted before.

        `next_at` of the result says when the next step is due; None is the end.

        Raises:
            BusyError: Another process is working on it.
        """
        key = self.ledger.named(post_id, account).key
        return result(self._work(key, journey.advance, self._services), sent=True)

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
        return result(decide.retry(self.ledger, self.ledger.named(post_id, account)))

    def settle(
        self, post_id: str, account: str | None = None, *, published: bool
    ) -> Result:
        """Say how a post ended that nobody knows, after looking at the account.

        Raises:
            ConfigError: Its end is known, or it was never sent.
        """
        entry = self.ledger.named(post_id, account)
        return result(decide.settle(self.ledger, entry, published=published))

    def cancel(self, post_id: str, account: str | None = None) -> Result:
        """Stop a post that TikTok has not published; see `decide.cancel`.

        Raises:
            ConfigError: It has ended, or TikTok has all of it.
            RefusedError: TikTok does not cancel it any more.
        """
        entry = self.ledger.named(post_id, account)
        return result(decide.cancel(self._services, entry))

    def look(self, post_id: str, account: str | None = None) -> Result:
        """Look for a post whose end nobody knows among the account's public videos.

        Nothing follows from finding none: private posts and drafts are not listed.

        Raises:
            ConfigError: Its end is known, or it has no title to be found by.
            RefusedError: The token may not list videos (scope `video.list`).
        """
        entry = self.ledger.named(post_id, account)
        return result(decide.look(self._services, self.client.display, entry))

    def find(self, post_id: str, account: str | None = None) -> Result | None:
        """Return where a post stands, None for an unknown one; TikTok is not asked.

        Raises:
            ConfigError: Several accounts have one; say which.
        """
        entry = self.ledger.find(post_id, account)
        return None if entry is None else result(entry)

    def deliver(self) -> float | None:
        """Deliver the events that are due; return when the next one is, or None."""
        return self._delivery.deliver(self.ledger)

    def due(self) -> list[Result]:
        """Return the posts for which `advance` can do something now, oldest first."""
        return [result(entry) for entry in self.ledger.due()]

    def receive(self, headers: Headers, body: bytes) -> WebhookEvent:
        """Verify a webhook of TikTok and move the post that it is about.

        Works on what any framework gives. Answer 200 afterwards; TikTok repeats what
        was not answered so, and what was told before changes nothing.

        Args:
            headers: Of the request, as a mapping or as pairs.
            body: The raw bytes, before any framework has parsed them.

        Raises:
            WebhookError: TikTok did not sign it, or not now; answer 4xx.
            BusyError: Another process works on the post; answer 503.
        """
        secrets = [self.settings.app.client_secret]
        told = webhooks.verify(headers, body, secrets, self._clock.now())
        if isinstance(told, webhooks.PostEvent):
            receive(self.ledger, told, self.vault.user)
            self._delivery.deliver(self.ledger, only_news=True)
        return told

    @property
    def ledger(self) -> Ledger:
        """The ledger, opened when it is first needed."""
        with self._opening:
            if self._ledger is None:
                database = Database(self.settings.ledger)
                announce, tell = self._delivery.announce, self._listeners.tell
                self._ledger = Ledger(database, self._clock, announce, tell)
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
            self._listeners.show,
        )

    def _publish(
        self,
        posts: Sequence[Post],
        locate: Locate,
        on_event: OnEvent | None,
        patience: float,
        jobs: int,
    ) -> list[Result]:
        keys = [key_of(post) for post in posts]
        with self._listeners.added(keys, on_event):
            entries = self._accept(posts, locate)
            run = Run(entries, lambda key: self._go(key, run), self._clock, patience)
            run.finish(jobs, self.client.interrupt)
        self._delivery.deliver(self.ledger)
        return [result(run.entries[key], sent=key in run.touched) for key in keys]

    def _accept(self, posts: Sequence[Post], locate: Locate) -> list[Entry]:
        entries, warnings = accept(self.ledger, self._preflight, posts, locate)
        for warning in warnings:
            log.warning("%s", warning)
        return entries

    def _go(self, key: PostKey, run: Run) -> Entry:
        services = replace(self._services, is_over=lambda: run.is_over)
        return self._work(key, journey.go, services)

    def _work(self, key: PostKey, work: Steps, services: Services) -> Entry:
        with self.ledger.claims.hold(key) as entry:
            advanced = work(services, entry)
        self._delivery.deliver(self.ledger, only_news=True)
        return advanced
