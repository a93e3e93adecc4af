"""Show the events that were not delivered, and let a person decide about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge.models import Undelivered

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiktok_bridge.ledger.ledger import Ledger
    from tiktok_bridge.ledger.pending import Pending
    from tiktok_bridge.models import Waiting
    from tiktok_bridge.publish.delivery import Delivery


class Events:
    """The events on their way to the notifiers of one installation.

    Each method takes the same choice: those of one post, of one account, in one
    state, or all of them.
    """

    def __init__(self, delivery: Delivery, ledger: Callable[[], Ledger]) -> None:
        self._delivery = delivery
        self._ledger = ledger

    def undelivered(
        self,
        post_id: str | None = None,
        account: str | None = None,
        *,
        state: Waiting | None = None,
    ) -> list[Undelivered]:
        """Return where each event stands that a notifier has not taken, oldest first.

        Raises:
            ConfigError: There is no such post, or several accounts have one.
        """
        found = self._find(post_id, account, state)
        return [self._shown(one) for one in found]

    def retry(
        self,
        post_id: str | None = None,
        account: str | None = None,
        *,
        state: Waiting | None = None,
    ) -> int:
        """Let events be tried as if nothing had failed yet, and try them now.

        Those of a notifier that is not in the settings go on waiting.

        Returns:
            How many there were.

        Raises:
            ConfigError: See `undelivered`.
        """
        found = self._find(post_id, account, state)
        here = [one for one in found if one.notifier in self._delivery.names]
        self._ledger().outbox.again(here)
        self._delivery.deliver(self._ledger())
        return len(here)

    def forget(
        self,
        post_id: str | None = None,
        account: str | None = None,
        *,
        state: Waiting | None = None,
    ) -> int:
        """Drop events: nobody gets them any more.

        Returns:
            How many there were.

        Raises:
            ConfigError: See `undelivered`.
        """
        found = self._find(post_id, account, state)
        self._ledger().outbox.forget(found)
        return len(found)

    def _find(
        self, post_id: str | None, account: str | None, state: Waiting | None
    ) -> list[Pending]:
        ledger = self._ledger()
        key = ledger.named(post_id, account).key if post_id else None
        return [
            one
            for one in ledger.outbox.pending(key)
            if account in (None, one.key.account) and state in (None, self._state(one))
        ]

    def _shown(self, one: Pending) -> Undelivered:
        return Undelivered(
            event=one.event,
            post=one.key.id,
            account=one.key.account,
            notifier=one.notifier,
            state=self._state(one),
            tries=one.tries,
            error=one.error,
            next_at=one.next_at,
        )

    def _state(self, one: Pending) -> Waiting:
        if one.notifier not in self._delivery.names:
            return "removed"
        return "pending" if one.dead_at is None else "dead"
