"""An engine with one line wrong: what the state machine has to notice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge import State
from tiktok_bridge.ledger import ledger, rows
from tiktok_bridge.ledger.limits import Limits
from tiktok_bridge.ledger.states import MOVES
from tiktok_bridge.publish import journey, watch
from tiktok_bridge.publish import start as starting
from tiktok_bridge.publish.start import start
from tiktok_bridge.tiktok.content import Content
from tiktok_bridge.tokens.records import Records
from tiktok_bridge.tokens.renewal import Renewal

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    import sqlalchemy as sa

    from tiktok_bridge.ledger.entry import Entry
    from tiktok_bridge.publish.trip import Trip
    from tiktok_bridge.tiktok.token import Token

    Mutant = Callable[[pytest.MonkeyPatch], None]


def start_again_at_the_last_chunk(patch: pytest.MonkeyPatch) -> None:
    """Do not ask TikTok whether the last chunk arrived."""
    patch.setitem(journey.STEPS, State.LAST_CHUNK_SENT, start)
    patch.setitem(MOVES, State.LAST_CHUNK_SENT, set(State))


def forget_the_limits(patch: pytest.MonkeyPatch) -> None:
    """Call TikTok as often as one likes."""
    patch.setattr(Limits, "take", lambda *_: 0.0)


def send_a_failed_post_again(patch: pytest.MonkeyPatch) -> None:
    """Take FAILED for a state that passes by itself."""
    patch.setitem(journey.STEPS, State.FAILED, start)
    patch.setitem(MOVES, State.FAILED, {State.FAILED, State.INIT_SENT})


def narrow_the_privacy(patch: pytest.MonkeyPatch) -> None:
    """Send SELF_ONLY whatever was written."""
    real = Content.init

    def init(content: Content, token: Any, post: Any, *rest: Any) -> Any:  # noqa: ANN401 - as the real one
        level = post.privacy and "SELF_ONLY"
        return real(content, token, replace(post, privacy=level), *rest)

    patch.setattr(Content, "init", init)


def take_any_content(patch: pytest.MonkeyPatch) -> None:
    """Accept another content under an id of which something was sent."""
    patch.setattr(ledger, "conflict", lambda *_: None)


def move_over_others(patch: pytest.MonkeyPatch) -> None:
    """Move a post that another process has moved meanwhile."""

    def change_anyway(
        connection: sa.Connection, entry: Entry, columns: dict[str, Any]
    ) -> Entry:
        rows.change(connection, entry.key, columns)
        return rows.get(connection, entry.key)

    patch.setattr(rows, "change_unmoved", change_anyway)


def ask_for_a_pull_again(patch: pytest.MonkeyPatch) -> None:
    """Repeat what TikTok fetches when the answer was lost."""
    patch.setattr(starting, "_may_exist", lambda _error: False)


def ask_for_a_pull_again_after_a_crash(patch: pytest.MonkeyPatch) -> None:
    """Take a pull that was asked for, and nobody knows more, for one that was not."""

    def begin(trip: Trip) -> None:
        trip.entry = replace(trip.entry, state=State.PLANNED)
        start(trip)

    patch.setitem(journey.STEPS, State.INIT_SENT, begin)


def call_it_published_early(patch: pytest.MonkeyPatch) -> None:
    """Call a post PUBLISHED when TikTok has its bytes."""
    patch.setitem(watch.FINAL, "PROCESSING_UPLOAD", State.PUBLISHED)


def forget_a_new_token(patch: pytest.MonkeyPatch) -> None:
    """Refresh, and do not keep what comes."""

    def renew(renewal: Any, _account: str, _sequence: int, token: Any) -> Any:  # noqa: ANN401 - as the real one
        now = renewal._clock.now()  # noqa: SLF001 - it is its method
        return renewal._oauth.refresh(token, now)  # noqa: SLF001 - ditto

    patch.setattr(Renewal, "renew", renew)


def forget_that_a_renewal_began(patch: pytest.MonkeyPatch) -> None:
    """Keep no note of a renewal whose end may never be known."""
    real = Records.keep

    def keep(
        records: Any,  # noqa: ANN401 - as the real one
        account: str,
        sequence: int,
        token: Token,
        **options: Any,  # noqa: ANN401 - ditto
    ) -> None:
        without = replace(token, renewal_began_at=None)
        real(records, account, sequence, without, **options)

    patch.setattr(Records, "keep", keep)


MUTANTS: Final[list[Mutant]] = [
    start_again_at_the_last_chunk,
    forget_the_limits,
    send_a_failed_post_again,
    narrow_the_privacy,
    take_any_content,
    move_over_others,
    ask_for_a_pull_again,
    ask_for_a_pull_again_after_a_crash,
    call_it_published_early,
    forget_a_new_token,
    forget_that_a_renewal_began,
]
"""Each breaks one promise."""
