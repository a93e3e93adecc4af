"""How many creators an app may post for in a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge_sandbox.errors import ActiveUserCapError

if TYPE_CHECKING:
    from tiktok_bridge_sandbox.creators import Creator
    from tiktok_bridge_sandbox.models import Backend

DAY: Final = 86_400.0


def check_seat(backend: Backend, creator: Creator) -> None:
    """Admit a creator who has a seat today or finds a free one.

    Raises:
        ActiveUserCapError: Every seat is taken by others.
    """
    switches, now = backend.switches, backend.now()
    if not switches.limits or _is_active(backend, creator):
        return
    seats = switches.audited_users if switches.audited else switches.unaudited_users
    taken = sum(_is_active(backend, one) for one in backend.creators.values())
    if now < backend.started_at + DAY:
        taken += switches.active_users
    if taken >= seats:
        raise ActiveUserCapError


def _is_active(backend: Backend, creator: Creator) -> bool:
    now = backend.now()
    has_drafted = backend.switches.drafts_use_seats and creator.has_drafted(now)
    return creator.is_active(now) or has_drafted
