"""The whole state of one TikTok; it knows the rules and no HTTP."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Final

from tiktok_bridge_sandbox import apps, fetches, seats
from tiktok_bridge_sandbox.background import Background
from tiktok_bridge_sandbox.codes import CodeBook
from tiktok_bridge_sandbox.creators import Creator
from tiktok_bridge_sandbox.errors import (
    ForeignPublishIdError,
    InvalidPublishIdError,
    NotCancellableError,
    UploadError,
    UsageError,
)
from tiktok_bridge_sandbox.faults import FaultQueues
from tiktok_bridge_sandbox.limits import RateLimits
from tiktok_bridge_sandbox.openings import open_publish
from tiktok_bridge_sandbox.pulls import Pull
from tiktok_bridge_sandbox.qr import QrBook
from tiktok_bridge_sandbox.tokens import TokenBook
from tiktok_bridge_sandbox.uploads import Upload
from tiktok_bridge_sandbox.webhooks import Courier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tiktok_bridge_sandbox.apps import App
    from tiktok_bridge_sandbox.clock import Clock
    from tiktok_bridge_sandbox.openings import Order
    from tiktok_bridge_sandbox.publishes import Publish
    from tiktok_bridge_sandbox.scenarios import Scenario
    from tiktok_bridge_sandbox.switches import Switches

GONE: Final = "there is no such upload task"


class Backend:
    """TikTok as one scenario sees it, from its start to a reset."""

    def __init__(
        self,
        name: str,
        scenario: Scenario,
        switches: Switches,
        clock: Clock,
        endpoints: Iterable[str],
    ) -> None:
        self.name = name
        self.switches = switches
        self.clock = clock
        self.started_at = clock.now()
        self.apps = apps.register(switches)
        self.app = self.apps[switches.app_environment]
        self.tokens = TokenBook(switches)
        self.codes = CodeBook(switches)
        self.qr_logins = QrBook()
        self.session: str | None = None
        """Who logged in last, as a browser's cookie would remember."""
        self.limits = RateLimits()
        self.calls: Counter[str] = Counter(dict.fromkeys(endpoints, 0))
        self.faults = FaultQueues(self.calls)
        self.privacy_levels: list[object] = []
        self.contract_violations: list[str] = []
        self.creators = {
            account.name: Creator(account, self.now(), self.app.client_key)
            for account in scenario.accounts
        }
        self._publishes: dict[str, Publish] = {}
        self._uploads: dict[str, tuple[Upload, Publish]] = {}
        self._by_order: dict[str, Publish] = {}
        self.is_closed = False
        """Whether a reset has put another backend in its place."""
        self.background = Background()
        self.courier = Courier(self)
        self._authorize_all()
        for endpoint, faults in scenario.faults.items():
            self.faults.add(endpoint, faults)

    def now(self) -> float:
        """Return the sandbox's time."""
        return self.clock.now()

    def _authorize_all(self) -> None:
        for creator in self.creators.values():
            account, key = creator.account, self.app.client_key
            if self.app.environment == "sandbox" and not account.target_user:
                continue
            grant = self.tokens.issue(creator, key, account.scopes, self.now())
            if account.token == "expired":  # noqa: S105 - a state
                grant.access_until = self.now()
            if account.token == "revoked":  # noqa: S105 - a state
                self.tokens.revoke(creator, key)

    def app_of(self, client_key: str) -> App:
        """Return the app that calls itself so."""
        return next(app for app in self.apps.values() if app.client_key == client_key)

    def check_may_post(self, app: App, creator: Creator) -> None:
        """Refuse a creator, or an app, that cannot post today."""
        creator.check_may_post(self.switches, self.now())
        seats.check_seat(self, app, creator)

    def check_may_draft(self, app: App, creator: Creator) -> None:
        """Refuse a creator who can take no draft today."""
        creator.check_may_draft(self.switches, self.now())
        if self.switches.drafts_use_seats:
            seats.check_seat(self, app, creator)

    def open(self, app: App, creator: Creator, order: Order) -> Publish:
        """Return the publish that an init opens, or opened when it came before."""
        fingerprint = order.fingerprint(app, creator)
        before = self._by_order.get(fingerprint)
        is_repeated = self.switches.duplicate_inits == "same-publish-id"
        if before and is_repeated and before.can_be_repeated(self.now()):
            return before
        publish = open_publish(self, app, creator, order)
        self._publishes[publish.publish_id] = publish
        self._by_order[fingerprint] = publish
        if isinstance(publish.source, Upload):
            self._uploads[publish.source.upload_id] = (publish.source, publish)
        else:
            # Nothing more is asked of the client: from here on it counts.
            creator.count(publish, publish.opened_at)
        if isinstance(publish.source, Pull) and publish.source.is_real:
            self.background.start(fetches.fetch(self, publish, publish.source))
        self.courier.wake()
        return publish

    def publish(self, publish_id: str) -> Publish:
        """Return a publish, whoever asks.

        Raises:
            UsageError: It does not exist.
        """
        if publish_id not in self._publishes:
            raise UsageError(f"there is no publish_id {publish_id!r}")
        return self._publishes[publish_id]

    def find(self, creator: Creator, publish_id: str) -> Publish:
        """Return a post of *creator*.

        Raises:
            InvalidPublishIdError: It does not exist.
            ForeignPublishIdError: It is somebody else's.
        """
        publish = self._publishes.get(publish_id)
        kept = self.switches.publish_id_seconds or math.inf
        if publish is None or self.now() >= publish.opened_at + kept:
            raise InvalidPublishIdError
        if publish.account != creator.name:
            raise ForeignPublishIdError
        return publish

    def upload_task(self, upload_id: str, token: str) -> Upload:
        """Return what takes the bytes that are sent to an upload URL.

        Raises:
            UploadError: 404 if there is none any more, 403 if its hour is over.
        """
        upload, _ = self._uploads.get(upload_id, (None, None))
        if upload is None or upload.token != token:
            raise UploadError(404, GONE)
        if self.now() >= upload.expires_at:
            raise UploadError(403, "the upload URL has expired")
        self.check_alive(upload)
        return upload

    def check_alive(self, upload: Upload) -> None:
        """Refuse bytes for a publish that failed, or from before a reset.

        Raises:
            UploadError: 404, because the task exists no more.
        """
        _, publish = self._uploads[upload.upload_id]
        if self.is_closed or publish.stopped:
            raise UploadError(404, GONE)

    def finish(self, upload: Upload) -> None:
        """Start processing; from here on the post counts towards the caps."""
        upload.arrived_at = now = self.now()
        _, publish = self._uploads[upload.upload_id]
        self.creators[publish.account].count(publish, now)
        self.courier.wake()

    def cancel(self, publish: Publish) -> None:
        """End a download, which counts towards no cap any more.

        Raises:
            NotCancellableError: Nothing is downloaded.
        """
        if isinstance(publish.source, Upload) or publish.is_final(self.now()):
            raise NotCancellableError
        publish.stop("publish_cancelled", self.now())
        self.courier.wake()

    def remove_access(self, creator: Creator, client_key: str, reason: int) -> None:
        """End what *creator* let the app do, as a revoke or the creator would."""
        self.tokens.revoke(creator, client_key)
        for publish in self.publishes:
            if (publish.account, publish.client_key) == (creator.name, client_key):
                publish.stop("auth_removed", self.now())
        self.courier.remove_access(client_key, creator, reason)

    def close(self) -> None:
        """End what goes on beside the requests, and every upload."""
        self.is_closed = True
        self.background.cancel()

    @property
    def publishes(self) -> list[Publish]:
        """Every post and draft, in the order of their inits."""
        return list(self._publishes.values())
