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

PAGE: Final = 20
"""How many of the newest videos are looked at, as many as one page has."""

CLOCKS: Final = 300.0
"""Seconds that TikTok's clock may be behind ours."""


def retry(ledger: Ledger, entry: Entry) -> Entry:
    """Let a post that failed be sent again.

    Raises:
        ConfigError: It has not failed.
    """
    if entry.state != State.FAILED:
        raise ConfigError(
            f"the post {entry.post.id!r} is {entry.state}; only one that is FAILED is"
            " sent again"
        )
    with ledger.claims.hold(entry.key) as claimed:
        return _plan_again(ledger, claimed, "somebody asked for another try")


def settle(ledger: Ledger, entry: Entry, *, published: bool) -> Entry:
    """Note how a post ended that nobody knew, as somebody says who has looked.

    Raises:
        ConfigError: Its end is known, or it was never sent.
    """
    _require_open(entry)
    with ledger.claims.hold(entry.key) as claimed:
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

    It is found by its title and its time. Private posts and drafts are not listed, so
    that nothing follows from finding none.

    Raises:
        ConfigError: Its end is known, or it has no title to be found by.
        RefusedError: The token may not list videos (scope `video.list`).
    """
    _require_open(entry)
    title = entry.post.title.strip()
    if not title:
        raise ConfigError(f"the post {entry.post.id!r} has no title to be found by")
    since = services.ledger.asked_at(entry) - CLOCKS
    with services.ledger.claims.hold(entry.key) as claimed:
        trip = Trip(services, claimed)
        page = trip.authorized(lambda t: display.video_list(t, max_count=PAGE))
        found = [one.id for one in page.videos if _is_it(one, title, since) and one.id]
        if len(found) != 1:
            what = Move(f"TikTok lists {len(found)} such public videos", page.log_id)
            trip.move(claimed.state, what)
            return trip.entry
        what = Move(f"TikTok lists it as {found[0]}", page.log_id)
        trip.move(State.UNKNOWN, what)
        what = Move("the only public video with its title and time")
        ids = (found[0],)
        trip.move(State.PUBLISHED, what, post_ids=ids, failure=None, next_at=None)
        return trip.entry


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
