"""How many creators an app may post for in a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge_sandbox.errors import ActiveUserCapError

if TYPE_CHECKING:
    from tiktok_bridge_sandbox.apps import App
    from tiktok_bridge_sandbox.creators import Creator
    from tiktok_bridge_sandbox.models import Backend

DAY: Final = 86_400.0


def check_seat(backend: Backend, app: App, creator: Creator) -> None:
    """Admit a creator who has a seat of *app* today or finds a free one.

    Raises:
        ActiveUserCapError: Every seat is taken by others.
    """
    switches, now = backend.switches, backend.now()
    if not switches.limits or _is_active(backend, app, creator):
        return
    seats = switches.audited_users if app.is_audited else switches.unaudited_users
    taken = sum(_is_active(backend, app, one) for one in backend.creators.values())
    # Who posted before the start did so through the app that a client is.
    if app == backend.app and now < backend.started_at + DAY:
        taken += switches.active_users
    if taken >= seats:
        raise ActiveUserCapError


def _is_active(backend: Backend, app: App, creator: Creator) -> bool:
    now = backend.now()
    drafts_count = backend.switches.drafts_use_seats
    return creator.has_posted(app, now) or (
        drafts_count and creator.has_drafted(app, now)
    )
