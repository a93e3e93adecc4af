"""Let a webhook move its post; what was told before changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge.ledger.entry import Move
from tiktok_bridge.ledger.states import OPEN
from tiktok_bridge.models import State
from tiktok_bridge.publish import retry
from tiktok_bridge.tiktok.webhooks import (
    InboxDelivered,
    NoLongerPubliclyAvailable,
    PostComplete,
    PostEvent,
    PostFailed,
    PubliclyAvailable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiktok_bridge.ledger.entry import Entry
    from tiktok_bridge.ledger.ledger import Ledger

PULLED: Final = {True: ("p_pub_url~",), False: ("v_pub_url~", "v_inbox_url~")}
"""How TikTok's ids of what it fetches begin, for photos or not.

Source: the examples of
developers.tiktok.com/doc/content-posting-api-reference-direct-post and -photo-post."""

CLOCKS: Final = 300.0
"""Seconds that TikTok's clock may be behind ours."""

UNNAMED: Final = (State.UNKNOWN, State.INIT_SENT)
"""States of a post of which TikTok's answer, and so its id, was lost."""

NOT_BEGUN: Final = (State.PLANNED, State.FAILED, State.UNKNOWN)
"""States of a post that was to be sent anew, and is not under way."""

OVERTAKEN: Final = OPEN | {State.PLANNED, State.FAILED}
"""States in which TikTok may know of a good end before we do."""


def receive(
    ledger: Ledger, event: PostEvent, user_of: Callable[[str], str | None]
) -> Entry | None:
    """Move the post that *event* is about, and return it; None if it is none of ours.

    A post whose init was never answered is found by its account and the time, if it is
    the only one; TikTok is asked about it afterwards.

    Args:
        ledger: Where the posts are.
        event: A webhook that was verified.
        user_of: Gives the TikTok user of an account, or None.

    Raises:
        BusyError: Another process works on the post; TikTok tells again what was not
            answered with 200.
    """
    known = ledger.published_as(event.publish_id)
    found = known or _unnamed(ledger, event, user_of)
    if len(found) != 1:
        return None
    with ledger.claims.hold(found[0].key) as claimed:
        if known and claimed.publish_id == event.publish_id:
            return _apply(ledger, claimed, event)
        if known:
            return _apply_to_former(ledger, claimed, event)
        if claimed.publish_id or claimed.state not in UNNAMED:
            return None
        note = f"TikTok's webhook calls it {event.publish_id}"
        named = ledger.move(
            claimed,
            State.PROCESSING,
            note,
            publish_id=event.publish_id,
            failure=None,
            tries=0,
            next_at=event.created_at,
        )
        return _apply(ledger, named, event)


def _apply_to_former(ledger: Ledger, entry: Entry, event: PostEvent) -> Entry:
    """Stop a post that is to be sent anew, since an earlier attempt came to be."""
    is_good = isinstance(event, PostComplete | InboxDelivered | PubliclyAvailable)
    if not is_good or entry.state not in NOT_BEGUN:
        return entry
    done = State.IN_INBOX if isinstance(event, InboxDelivered) else State.PUBLISHED
    note = f"TikTok's webhook says {event.name} of {event.publish_id}"
    return ledger.move(
        entry,
        done,
        Move(f"{note}, an earlier attempt", answered={"event": event.name}),
        publish_id=event.publish_id,
        failure=None,
        next_at=None,
    )


def _unnamed(
    ledger: Ledger, event: PostEvent, user_of: Callable[[str], str | None]
) -> list[Entry]:
    """Return the posts without a name that *event* could be about."""
    return [
        entry
        for entry in ledger.entries(UNNAMED)
        if entry.post.is_pulled
        and entry.publish_id is None
        and event.publish_id.startswith(PULLED[bool(entry.post.photos)])
        and event.user_openid is not None
        and user_of(entry.post.account) == event.user_openid
        and ledger.asked_at(entry) <= event.created_at + CLOCKS
    ]


def _apply(ledger: Ledger, entry: Entry, event: PostEvent) -> Entry:
    said = {"event": event.name}
    note = Move(f"TikTok's webhook says {event.name}", answered=said)
    if isinstance(event, PostFailed) and entry.state in OPEN:
        failure = retry.failed(event.reason or "", None)
        return ledger.move(entry, State.FAILED, note, failure=failure, next_at=None)
    if isinstance(event, InboxDelivered) and entry.state in OVERTAKEN:
        return ledger.move(entry, State.IN_INBOX, note, failure=None, next_at=None)
    if isinstance(event, PubliclyAvailable | NoLongerPubliclyAvailable):
        return _seen(ledger, entry, event)
    is_new = entry.state in OVERTAKEN | {State.IN_INBOX}
    if isinstance(event, PostComplete) and is_new:
        return ledger.move(entry, State.PUBLISHED, note, failure=None, next_at=None)
    return entry


def _seen(ledger: Ledger, entry: Entry, event: PostEvent) -> Entry:
    """Note who can see the post; a draft may become several."""
    others = tuple(one for one in entry.post_ids if one != event.post_id)
    is_public = isinstance(event, PubliclyAvailable)
    ids = (*others, event.post_id) if is_public and event.post_id else others
    is_new = is_public and entry.state in OVERTAKEN | {State.IN_INBOX}
    is_other = entry.state == State.PUBLISHED and set(ids) != set(entry.post_ids)
    if not (is_new or is_other):
        return entry
    answered = {"event": event.name, "post_id": event.post_id}
    what = Move(f"TikTok's webhook says {event.name}", answered=answered)
    return ledger.move(
        entry, State.PUBLISHED, what, post_ids=ids, failure=None, next_at=None
    )
