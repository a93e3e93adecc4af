"""The named situations a sandbox can start in, as a table to extend."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from tiktok_bridge_sandbox.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCOPES: Final = ("user.info.basic", "video.publish", "video.upload")
"""What a creator grants unless the account says otherwise."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """One creator who authorized the app."""

    name: str
    """Name of the account in this sandbox, and its handle."""

    visibility: Literal["public", "private"] = "public"
    """What the creator chose in TikTok's settings."""

    scopes: tuple[str, ...] = SCOPES
    """Scopes the creator granted."""

    token: Literal["valid", "expired", "revoked"] = "valid"  # noqa: S105 - a state, not a token
    """State of the first token; an expired one can still be refreshed."""

    posts_today: int = 0
    """Posts made just before the start."""

    drafts_pending: int = 0
    """Drafts delivered just before the start and not finished."""

    banned: bool = False
    """Whether the creator may not post."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A situation: the creators, how TikTok behaves, what goes wrong first."""

    summary: str
    """One sentence for the listing."""

    accounts: tuple[Account, ...]
    """The creators; the first is called ``acme`` in every preset."""

    switches: Switches = field(default_factory=Switches)
    """How this TikTok behaves."""

    faults: Mapping[str, Sequence[Mapping[str, object] | None]] = field(
        default_factory=dict
    )
    """Faults queued at the start, per endpoint."""


STUDIO: Final = Account(name="studio", visibility="private")
"""The private second account of the presets for an audited app."""


def _alone(summary: str, account: Account, **switches: object) -> Scenario:
    return Scenario(
        summary=summary,
        accounts=(account,),
        switches=Switches(**switches),  # type: ignore[arg-type]  # one per field
    )


def _pair(summary: str, **switches: object) -> Scenario:
    return Scenario(
        summary=summary,
        accounts=(Account(name="acme"), STUDIO),
        switches=Switches(**switches),  # type: ignore[arg-type]  # one per field
    )


SCENARIOS: Final[dict[str, Scenario]] = {
    "audited": _pair(
        "An audited app; acme is a public account, studio a private one.",
    ),
    "demo": Scenario(
        summary="An unaudited app; acme is a private account, shop a public one.",
        accounts=(
            Account(name="acme", visibility="private"),
            Account(name="shop"),
        ),
        switches=Switches(audited=False),
    ),
    "unaudited-public-account": _alone(
        "An unaudited app and a public account: every direct post is refused.",
        Account(name="acme"),
        audited=False,
    ),
    "unaudited-private-account": _alone(
        "An unaudited app and a private account: only SELF_ONLY is accepted.",
        Account(name="acme", visibility="private"),
        audited=False,
    ),
    "unaudited-narrowed": _alone(
        "An unaudited app whose posts silently become SELF_ONLY.",
        Account(name="acme"),
        audited=False,
        unaudited="narrow",
        status_privacy_level=True,
    ),
    "scope-missing": _alone(
        "The creator granted no video.publish: drafts work, direct posts do not.",
        Account(name="acme", scopes=("user.info.basic", "video.upload")),
    ),
    "token-expired": _alone(
        "The access token is past its life; one refresh repairs it.",
        Account(name="acme", token="expired"),  # noqa: S106 - a state
    ),
    "token-revoked": _alone(
        "The creator removed the app: access and refresh token are dead.",
        Account(name="acme", token="revoked"),  # noqa: S106 - a state
    ),
    "user-cap": _pair(
        "Five other creators posted today and the app's quota is five.",
        audited_users=5,
        active_users=5,
    ),
    "daily-cap": _alone(
        "acme has made its fifteen posts of the day.",
        Account(name="acme", posts_today=15),
    ),
    "pending-drafts": _alone(
        "acme has five unfinished drafts: direct posts work, drafts do not.",
        Account(name="acme", drafts_pending=5),
    ),
    "banned": _alone(
        "acme is banned from posting.",
        Account(name="acme", banned=True),
    ),
    "moderation-slow": _pair(
        "A public post gets its id two hours after it is complete.",
        moderation_seconds=7_200.0,
    ),
    "processing-stuck": _pair(
        "An upload stays in processing for a day.",
        processing_seconds=86_400.0,
    ),
    "no-post-id": _pair(
        "A public post completes and its id never appears.",
        post_id_shape="absent",
    ),
    "flaky": Scenario(
        summary="Audited, with a fixed list of faults that a client must survive.",
        accounts=(Account(name="acme"), STUDIO),
        faults={
            "creator_info": [{"kind": "status", "status": 503}],
            "video_init": [{"kind": "status", "status": 500}],
            "upload": [
                {"kind": "reset_after_bytes", "bytes": 1_000_000},
                {"kind": "status", "status": 502, "skip": 1},
                {"kind": "reset_before_reply", "skip": 1},
            ],
            "status": [{"kind": "html"}, {"kind": "truncated_json", "skip": 1}],
        },
    ),
}
"""Every preset by name; add your own before the server starts."""
