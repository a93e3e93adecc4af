"""The whole state of one TikTok; it knows the rules and no HTTP."""

from __future__ import annotations

import secrets
import uuid
from collections import Counter
from typing import TYPE_CHECKING, Final, Literal

from tiktok_bridge_sandbox import chunk_rules
from tiktok_bridge_sandbox.creators import Creator
from tiktok_bridge_sandbox.errors import (
    ActiveUserCapError,
    ForeignPublishIdError,
    InvalidPublishIdError,
    PrivacyMismatchError,
    UnauditedError,
    UploadError,
)
from tiktok_bridge_sandbox.faults import FaultQueues
from tiktok_bridge_sandbox.limits import RateLimits
from tiktok_bridge_sandbox.publishes import Publish
from tiktok_bridge_sandbox.tokens import TokenBook
from tiktok_bridge_sandbox.uploads import URL_LIFE, Upload

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tiktok_bridge_sandbox.chunk_rules import Plan
    from tiktok_bridge_sandbox.clock import Clock
    from tiktok_bridge_sandbox.scenarios import Scenario
    from tiktok_bridge_sandbox.switches import Switches

CLIENT_KEY: Final = "awlocalsandbox00"
"""The app's key: ``aw`` and fourteen letters or digits, like a real one."""

CLIENT_SECRET: Final = "local-sandbox-secret"  # noqa: S105 - opens only this server
"""The app's secret."""

PUBLISH_ID: Final = {"direct": "v_pub_file~v2-1.", "inbox": "v_inbox_file~v2."}
"""What a publish_id starts with, per way of posting."""

DAY: Final = 86_400.0


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
        self.tokens = TokenBook(switches)
        self.limits = RateLimits()
        self.calls: Counter[str] = Counter(dict.fromkeys(endpoints, 0))
        self.faults = FaultQueues(self.calls)
        self.privacy_levels: list[object] = []
        self.creators = {a.name: Creator(a, self.now()) for a in scenario.accounts}
        self._publishes: dict[str, Publish] = {}
        self._by_upload: dict[str, Publish] = {}
        self._authorize_all()
        for endpoint, faults in scenario.faults.items():
            self.faults.add(endpoint, faults)

    def now(self) -> float:
        """Return the sandbox's time."""
        return self.clock.now()

    def _authorize_all(self) -> None:
        for creator in self.creators.values():
            grant = self.tokens.issue(creator, self.now())
            if creator.account.token == "expired":  # noqa: S105 - a state
                grant.access_until = self.now()
            if creator.account.token == "revoked":  # noqa: S105 - a state
                self.tokens.revoke(creator)

    def check_may_post(self, creator: Creator) -> None:
        """Refuse a creator, or an app, that cannot post today."""
        creator.check_may_post(self.switches, self.now())
        if self.switches.limits and self._is_crowded(creator):
            raise ActiveUserCapError

    def _is_crowded(self, creator: Creator) -> bool:
        now = self.now()
        seats = (
            self.switches.audited_users
            if self.switches.audited
            else self.switches.unaudited_users
        )
        others = [c for c in self.creators.values() if c is not creator]
        taken = sum(c.is_active(now) for c in others)
        if now < self.started_at + DAY:
            taken += self.switches.active_users
        return taken >= seats and not creator.is_active(now)

    def init_post(
        self, creator: Creator, post_info: Mapping[str, object], plan: Plan
    ) -> Publish:
        """Open an upload that becomes a post.

        Sizes are judged before people, and the account before the level: the
        recorded refusal of a public account came for SELF_ONLY too. Disabled
        interactions are not written back into *post_info*.
        """
        chunk_rules.check(plan, self.switches.megabyte)
        self.check_may_post(creator)
        level = self._admitted_level(creator, post_info.get("privacy_level"))
        return self._open(creator, "direct", post_info, level, plan)

    def _admitted_level(self, creator: Creator, level: object) -> str:
        refuses = not self.switches.audited and self.switches.unaudited == "refuse"
        if refuses and not creator.is_private:
            raise UnauditedError
        if not isinstance(level, str) or level not in creator.privacy_levels:
            raise PrivacyMismatchError
        if refuses and level != "SELF_ONLY":
            raise UnauditedError
        return level if self.switches.audited else "SELF_ONLY"

    def init_draft(
        self, creator: Creator, post_info: Mapping[str, object] | None, plan: Plan
    ) -> Publish:
        """Open an upload that lands in the creator's inbox.

        A *post_info* is remembered and has no effect: nobody published one.
        """
        chunk_rules.check(plan, self.switches.megabyte)
        creator.check_may_draft(self.switches, self.now())
        return self._open(creator, "inbox", post_info, None, plan)

    def _open(
        self,
        creator: Creator,
        mode: Literal["direct", "inbox"],
        post_info: Mapping[str, object] | None,
        level: str | None,
        plan: Plan,
    ) -> Publish:
        upload = Upload(_number(), str(uuid.uuid4()), plan, self.now() + URL_LIFE)
        publish = Publish(
            publish_id=PUBLISH_ID[mode] + _number(),
            account=creator.name,
            mode=mode,
            post_info=post_info,
            privacy_level=level,
            post_id=int(_number()),
            upload=upload,
            switches=self.switches,
        )
        self._publishes[publish.publish_id] = publish
        self._by_upload[upload.upload_id] = publish
        return publish

    def find(self, creator: Creator, publish_id: str) -> Publish:
        """Return a post of *creator*.

        Raises:
            InvalidPublishIdError: It does not exist.
            ForeignPublishIdError: It is somebody else's.
        """
        publish = self._publishes.get(publish_id)
        if publish is None:
            raise InvalidPublishIdError
        if publish.account != creator.name:
            raise ForeignPublishIdError
        return publish

    def upload_task(self, upload_id: str, token: str) -> Publish:
        """Return the post whose bytes an upload URL takes.

        Raises:
            UploadError: 404 if there is none, 403 if its hour is over.
        """
        publish = self._by_upload.get(upload_id)
        if publish is None or publish.upload.token != token:
            raise UploadError(404, "there is no such upload task")
        if self.now() >= publish.upload.expires_at:
            raise UploadError(403, "the upload URL has expired")
        return publish

    def finish(self, publish: Publish) -> None:
        """Start processing; from here on the post counts towards the caps."""
        publish.complete_at = self.now()
        creator = self.creators[publish.account]
        counted = creator.posted_at if publish.mode == "direct" else creator.drafted_at
        counted.append(self.now())

    @property
    def publishes(self) -> list[Publish]:
        """Every post and draft, in the order of their inits."""
        return list(self._publishes.values())


def _number() -> str:
    """Return nineteen digits that fit an int64, like TikTok's."""
    return f"7{secrets.randbelow(10**18):018d}"
