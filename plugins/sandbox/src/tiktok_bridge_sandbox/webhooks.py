"""The courier that brings events to the app, at least once each."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from tiktok_bridge_sandbox import events, outbound
from tiktok_bridge_sandbox.apps import SECRETS
from tiktok_bridge_sandbox.conformity import violations_of_event
from tiktok_bridge_sandbox.events import Attempt, Event, Happening
from tiktok_bridge_sandbox.outbound import OutboundError, Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tiktok_bridge_sandbox.creators import Creator
    from tiktok_bridge_sandbox.models import Backend
    from tiktok_bridge_sandbox.publishes import Publish

TIMEOUT: Final = 5.0
"""Seconds an app has to answer; TikTok only says: at once."""

GIVES_UP: Final = 72 * 3_600.0
"""Seconds over which a delivery is tried again (webhooks overview)."""

DOUBLINGS: Final = 900
"""More than 72 hours can hold, and few enough for a float."""

BATCH: Final = 50
"""Events that are checked before other requests have their turn."""

JSON: Final = {"Content-Type": "application/json"}


class Courier:
    """Collects what happened and delivers it, in that order."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._events: list[Event] = []
        self._told: set[tuple[object, ...]] = set()
        self._woken = asyncio.Event()
        self._delivery = asyncio.Lock()
        self._is_up = False

    def wake(self) -> None:
        """Look again: something happened, or time was moved."""
        self._woken.set()
        if self._backend.switches.webhook_url and not self._is_up:
            self._is_up = True
            self._backend.background.start(self._work())

    async def _work(self) -> None:
        while True:
            self._woken.clear()
            await self.catch_up()
            await self.deliver(self._due())
            pause = self._next_at() - self._backend.now()
            try:
                async with asyncio.timeout(max(pause, 0.01)):
                    await self._woken.wait()
            except TimeoutError:
                continue

    def collect(self) -> list[Event]:
        """Return every event so far, oldest first."""
        for publish, happening in self._fresh():
            self._tell(publish, happening)
        return self._events

    async def catch_up(self) -> None:
        """Collect in small steps: thousands of checks shall stall nobody."""
        for count, (publish, happening) in enumerate(self._fresh(), start=1):
            self._tell(publish, happening)
            if count % BATCH == 0:
                await asyncio.sleep(0)

    def _fresh(self) -> list[tuple[Publish, Happening]]:
        now = self._backend.now()
        fresh = [pair for pair in self._untold() if pair[1].at <= now]
        return sorted(fresh, key=lambda pair: pair[1].at)

    def _tell(self, publish: Publish, happening: Happening) -> None:
        # Somebody else may have told it while the one who catches up slept.
        if _key(happening) not in self._told:
            self._told.add(_key(happening))
            creator = self._backend.creators[publish.account]
            self._add(publish.client_key, creator, happening)

    def _untold(self) -> Iterator[tuple[Publish, Happening]]:
        for publish in self._backend.publishes:
            for happening in events.foresee(publish):
                if _key(happening) not in self._told:
                    yield publish, happening

    def remove_access(self, client_key: str, creator: Creator, reason: int) -> None:
        """Tell that *creator* has no connection to the app any more."""
        self.collect()
        now = self._backend.now()
        happening = Happening(now, events.REMOVED, {"reason": reason})
        self._add(client_key, creator, happening)
        self.wake()

    def _add(self, client_key: str, creator: Creator, happening: Happening) -> None:
        body = events.write_body(client_key, creator.open_id, happening)
        self._backend.contract_violations += violations_of_event(
            happening.name, body, self._backend.switches.fail_reason
        )
        self._events.append(
            Event(
                number=len(self._events) + 1,
                name=happening.name,
                created_at=happening.at,
                body=body,
                secret=SECRETS[client_key],
                next_at=happening.at,
            )
        )

    def _due(self) -> list[Event]:
        now = self._backend.now()
        return [one for one in self._open() if one.next_at <= now]

    def _open(self) -> list[Event]:
        now = self._backend.now()
        return [
            event
            for event in self.collect()
            if not event.is_delivered and now < event.created_at + GIVES_UP
        ]

    def _next_at(self) -> float:
        """Return when there is something to do again, an hour hence at most."""
        soon = [event.next_at for event in self._open()]
        soon += [happening.at for _, happening in self._untold()]
        return min(soon, default=self._backend.now() + 3_600)

    async def deliver(self, chosen: Iterable[Event], *, again: bool = False) -> None:
        """Try to bring *chosen* to the app, one after the other.

        With *again* those that it took already come once more.
        """
        async with self._delivery:
            for event in chosen:
                if again or not event.is_delivered:
                    await self._try(event)

    async def settle(self) -> None:
        """Wait for the attempt that is under way."""
        async with self._delivery:
            pass

    async def _try(self, event: Event) -> None:
        now, switches = self._backend.now(), self._backend.switches
        attempt = Attempt(now, event.sign(now))
        headers = JSON | {"TikTok-Signature": attempt.signature}
        if not switches.webhook_url:
            return
        request = Request("POST", switches.webhook_url, headers, event.body)
        try:
            attempt.status = await outbound.send(request, TIMEOUT, lambda *_: None)
        except OutboundError as error:
            attempt.error = str(error)
        doubled = 2.0 ** min(len(event.attempts), DOUBLINGS)
        pause = switches.webhook_retry_seconds * doubled
        event.next_at = now + pause
        event.attempts.append(attempt)


def _key(happening: Happening) -> tuple[object, ...]:
    return (happening.name, happening.at, *happening.content.values())
