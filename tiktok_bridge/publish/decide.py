"""Do what a person decides about a post: once more, settled, cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge.errors import ConfigError
from tiktok_bridge.ledger.entry import Move
from tiktok_bridge.ledger.states import OPEN
from tiktok_bridge.models import Failure, State
from tiktok_bridge.publish.trip import Trip

if TYPE_CHECKING:
    from tiktok_bridge.ledger.entry import Entry
    from tiktok_bridge.ledger.ledger import Ledger
    from tiktok_bridge.publish.trip import Services
    from tiktok_bridge.tiktok.display import Display, Video

NOT_SENT: Final = {
    True: (State.PLANNED,),
    False: (State.PLANNED, State.INIT_SENT, State.UPLOADING),
}
"""States in which TikTok has nothing to publish: if it fetches the media, or not."""

PUBLIC: Final = "PUBLIC_TO_EVERYONE"

PAGE: Final = 20
"""How many of the newest videos are looked at, as many as one page has."""

CLOCKS: Final = 300.0
"""Seconds that TikTok's clock may be behind ours."""


def retry(ledger: Ledger, entry: Entry) -> Entry:
    """Let a post that failed be sent again.

    Raises:
        ConfigError: It has not failed.
    """
    with ledger.claims.hold(entry.key) as claimed:
        if claimed.state != State.FAILED:
            raise ConfigError(
                f"the post {entry.post.id!r} is {claimed.state}; only one that is"
                " FAILED is sent again"
            )
        return _plan_again(ledger, claimed, "somebody asked for another try")


def settle(ledger: Ledger, entry: Entry, *, published: bool) -> Entry:
    """Note how a post ended that nobody knew, as somebody says who has looked.

    Raises:
        ConfigError: Its end is known, or it was never sent.
    """
    with ledger.claims.hold(entry.key) as claimed:
        _require_open(claimed)
        note = "somebody looked at the account"
        looked = ledger.move(claimed, State.UNKNOWN, note)
        if not published:
            return _plan_again(ledger, looked, "somebody says: not published")
        done = State.IN_INBOX if looked.mode == "inbox" else State.PUBLISHED
        note = "somebody says: published"
        return ledger.move(looked, done, note, failure=None, next_at=None)


def cancel(services: Services, entry: Entry) -> Entry:
    """Stop a post that TikTok has not published.

    What TikTok does not have yet is not sent. What it is fetching it is asked to drop,
    at best effort: its status then says whether that was in time.

    Raises:
        ConfigError: It has ended, or TikTok has all of it.
        RefusedError: TikTok does not cancel it any more.
    """
    ledger = services.ledger
    with ledger.claims.hold(entry.key) as claimed:
        is_pulled = claimed.post.is_pulled
        if claimed.state in NOT_SENT[is_pulled]:
            return _drop(ledger, claimed)
        if claimed.state not in OPEN or not (is_pulled and claimed.publish_id):
            raise _too_late(claimed)
        trip, publish_id = Trip(services, claimed), claimed.publish_id
        log_id = trip.authorized(
            lambda token: services.content.cancel(token, publish_id)
        )
        what = Move("somebody cancelled it; TikTok was asked to drop it", log_id)
        trip.move(State.PROCESSING, what, next_at=services.clock.now(), tries=0)
        return trip.entry


def look(services: Services, display: Display, entry: Entry) -> Entry:
    """Look for a post whose end nobody knows among the public videos of its account.

    It is found by its title and its time, if no other post could be meant. Private
    posts and drafts are not listed, so that nothing follows from finding none.

    Raises:
        ConfigError: Its end is known, it is not public, or has no title to be found by.
        RefusedError: The token may not list videos (scope `video.list`).
    """
    title = entry.post.title.strip()
    if not title:
        raise ConfigError(f"the post {entry.post.id!r} has no title to be found by")
    if entry.mode != "direct" or entry.post.privacy != PUBLIC:
        raise ConfigError(f"the post {entry.post.id!r} is not public, and never listed")
    taken, has_twin = _others(services.ledger, entry, title)
    since = services.ledger.asked_at(entry) - CLOCKS
    with services.ledger.claims.hold(entry.key) as claimed:
        _require_open(claimed)
        trip = Trip(services, claimed)
        page = trip.authorized(lambda t: display.video_list(t, max_count=PAGE))
        found = [one.id for one in page.videos if _is_it(one, title, since) and one.id]
        ids = tuple(one for one in found if one not in taken)
        if len(ids) != 1 or has_twin:
            what = Move(f"TikTok lists {len(ids)} such public videos", page.log_id)
            trip.move(claimed.state, what)
            return trip.entry
        what = Move(f"TikTok lists it as {ids[0]}", page.log_id)
        trip.move(State.UNKNOWN, what)
        what = Move("the only public video with its title and time")
        trip.move(State.PUBLISHED, what, post_ids=ids, failure=None, next_at=None)
        return trip.entry


def _others(ledger: Ledger, entry: Entry, title: str) -> tuple[set[str], bool]:
    """Return the public ids that are known, and whether another post may be meant."""
    others = [
        one
        for one in ledger.entries()
        if one.key != entry.key and one.post.account == entry.post.account
    ]
    taken = {post_id for one in others for post_id in one.post_ids}
    twins = [
        one
        for one in others
        if one.post.title.strip() == title and not one.is_open and not one.post_ids
    ]
    return taken, bool(twins)


def _is_it(video: Video, title: str, since: float) -> bool:
    names = {(text or "").strip() for text in (video.title, video.description)}
    return title in names and (video.created_at or 0) >= since


def _drop(ledger: Ledger, claimed: Entry) -> Entry:
    post = claimed.post
    message = "somebody cancelled it before TikTok had all of it"
    again = f"tiktok-bridge posts retry {post.id} --account {post.account}"
    failure = Failure(code="", message=message, hint=f"{again} lets it be sent")
    return ledger.move(claimed, State.FAILED, message, failure=failure, next_at=None)


def _too_late(entry: Entry) -> ConfigError:
    hint = None if entry.state not in OPEN else "delete it in the TikTok app"
    why = "has all of it" if entry.state in OPEN else "is done with it"
    return ConfigError(
        f"the post {entry.post.id!r} is {entry.state}; TikTok {why}, and cancels only"
        " what it is still fetching",
        hint=hint,
    )


def _require_open(entry: Entry) -> None:
    if entry.state not in OPEN:
        raise ConfigError(
            f"the post {entry.post.id!r} is {entry.state}; only one that is"
            f" {', '.join(sorted(OPEN))} can be settled"
        )


def _plan_again(ledger: Ledger, claimed: Entry, note: str) -> Entry:
    return ledger.move(
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
