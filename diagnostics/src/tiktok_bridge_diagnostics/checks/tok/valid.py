"""tok.valid: TikTok takes the access tokens."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tiktok_bridge import Certainty, Check, Remedy
from tiktok_bridge_diagnostics.answers import ASKED, DEAD, PROBE, code, newest, trouble
from tiktok_bridge_diagnostics.grants import renewal
from tiktok_bridge_diagnostics.lives import is_renewable, log_in_again
from tiktok_bridge_diagnostics.say import failed, passed, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tiktok_bridge import Fact, Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """TikTok answers with the token of each account, whatever it answers.

    `access_token_invalid` means that it ended, was revoked, or is of somebody else;
    one renewal tells these apart. A missing scope is another matter: the token is good.
    """
    told: dict[str, dict[str, Fact]] = {}
    for name in ASKED:
        for about, fact in newest(facts, name).items():
            if about or name != PROBE:  # that one was asked without a token
                told.setdefault(about, {})[name] = fact
    for about, asked in sorted(told.items()):
        yield from _judged(facts, about, _of_one_token(asked.values()))


def _of_one_token(asked: Iterable[Fact]) -> list[Fact]:
    """Return what was asked with the newest token: a renewal ends the one before it."""
    told = sorted(asked, key=lambda one: one.at)
    newest_one = told[-1].data.get("session")
    return [one for one in told if one.data.get("session") == newest_one]


def _judged(facts: Facts, about: str, asked: list[Fact]) -> Iterator[Finding]:
    dead = [one for one in asked if code(one) == DEAD]
    taken = [one for one in asked if code(one) not in (None, DEAD)]
    if dead and taken:
        yield replace(
            unknown(
                "contradicted",
                "TikTok took the token once and refused it once",
                *taken,
                *dead,
                about=about,
                settles_it="another run: TikTok refuses it every time if it has ended",
            ),
            certainty=Certainty.CONTRADICTED,
        )
    elif dead:
        is_lost = _is_lost(facts, about)
        yield failed(
            "refused",
            "TikTok calls the access token invalid",
            *dead,
            who="creator" if is_lost else "operator",
            fix=log_in_again(about) if is_lost else _renew(about),
            about=about,
        )
    elif taken:
        yield passed("taken", "TikTok takes the token", *taken, about=about)
    else:
        yield unknown(
            "no-answer",
            trouble(asked[-1]),
            *asked,
            about=about,
            settles_it="another run in some minutes",
        )


def _is_lost(facts: Facts, about: str) -> bool:
    """Tell whether no renewal can help: there is none, or TikTok has refused it."""
    token = facts.last("token", about, status="ok")
    if token and not is_renewable(facts, token):
        return True
    tried = renewal(facts, about)
    return bool(tried and tried.data["code"] == "invalid_grant")


def _renew(about: str) -> Remedy:
    return Remedy(
        "Renew it once; if TikTok refuses, let the creator log in again.",
        f"tiktok-bridge auth refresh {about or 'ACCOUNT'}",
    )


VALID = Check(
    "tok.valid",
    "TikTok takes the access tokens",
    _judge,
    needs=(
        "net.api_shape",
        "app.client_valid",
        "tok.decrypt",
        "tok.refresh_intent",
        "tok.revoked_event",
    ),
    effect="S2",
    reads=("creator",),
    docs="https://developers.tiktok.com/doc/tiktok-api-v2-error-handling",
)
