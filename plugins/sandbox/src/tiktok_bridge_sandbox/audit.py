"""What an app that passed no content posting audit may post, and where.

developers.tiktok.com/doc/content-sharing-guidelines (2026-09)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge_sandbox.errors import PrivacyMismatchError, UnauditedError

if TYPE_CHECKING:
    from tiktok_bridge_sandbox.creators import Creator
    from tiktok_bridge_sandbox.switches import Switches


def admitted_level(switches: Switches, creator: Creator, level: object) -> str:
    """Return the level that a direct post really gets.

    By default the account is judged before the level: the recorded refusal of
    a public account came for SELF_ONLY too.

    Raises:
        UnauditedError: The app is not audited and may not post this here.
        PrivacyMismatchError: The level is missing or was not offered.
    """
    if switches.audited:
        return _offered(switches, creator, level)
    if switches.unaudited == "narrow":
        _offered(switches, creator, level)
        return "SELF_ONLY"
    if switches.check_order == "level-first":
        _offered(switches, creator, level)
    if not creator.is_private and switches.unaudited_cure == "account-and-level":
        raise UnauditedError
    if _offered(switches, creator, level) != "SELF_ONLY":
        _judge_wider(switches, creator)
    return "SELF_ONLY"


def _offered(switches: Switches, creator: Creator, level: object) -> str:
    if not isinstance(level, str) or level not in creator.offered(switches):
        raise PrivacyMismatchError
    return level


def _judge_wider(switches: Switches, creator: Creator) -> None:
    """Refuse a level that others could see, unless it is narrowed."""
    verdict = switches.unaudited_private_wider
    if verdict == "unaudited" or not creator.is_private:
        raise UnauditedError
    if verdict == "mismatch":
        raise PrivacyMismatchError
