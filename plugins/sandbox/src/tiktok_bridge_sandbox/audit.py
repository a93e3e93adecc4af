"""What an app that passed no content posting audit may post, and where.

developers.tiktok.com/doc/content-sharing-guidelines (2026-09)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge_sandbox.errors import PrivacyMismatchError, UnauditedError

if TYPE_CHECKING:
    from tiktok_bridge_sandbox.apps import App
    from tiktok_bridge_sandbox.creators import Creator
    from tiktok_bridge_sandbox.switches import Switches


def admitted_level(
    switches: Switches, app: App, creator: Creator, level: object
) -> str:
    """Return the level that a direct post through *app* really gets.

    By default the account is judged before the level: the recorded refusal of
    a public account came for SELF_ONLY too.

    Raises:
        UnauditedError: The app is not audited and may not post this here.
        PrivacyMismatchError: The level is missing or was not offered.
    """
    offered = creator.offered(switches, app)
    if app.is_audited:
        return _check(level, offered)
    if switches.unaudited == "narrow":
        _check(level, offered)
        return "SELF_ONLY"
    if switches.check_order == "level-first":
        _check(level, offered)
    if not creator.is_private and switches.unaudited_cure == "account-and-level":
        raise UnauditedError
    if _check(level, offered) != "SELF_ONLY":
        _judge_wider(switches, creator)
    return "SELF_ONLY"


def _check(level: object, offered: list[str]) -> str:
    if not isinstance(level, str) or level not in offered:
        raise PrivacyMismatchError
    return level


def _judge_wider(switches: Switches, creator: Creator) -> None:
    """Refuse a level that others could see, unless it is narrowed."""
    verdict = switches.unaudited_private_wider
    if verdict == "unaudited" or not creator.is_private:
        raise UnauditedError
    if verdict == "mismatch":
        raise PrivacyMismatchError
