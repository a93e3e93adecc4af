"""The named situations a sandbox can start in, as a table to extend."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from tiktok_bridge_sandbox.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCOPES: Final = ("user.info.basic", "video.publish", "video.upload", "video.list")
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

    target_user: bool = True
    """Whether the account may log in to the sandbox app."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A situation: the creators, how TikTok behaves, what goes wrong first."""

    summary: str
    """One sentence: the situation."""

    proves: str
    """What a client will see, and what it proves that it handles it."""

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


def _alone(summary: str, proves: str, account: Account, **switches: object) -> Scenario:
    return Scenario(
        summary=summary,
        proves=proves,
        accounts=(account,),
        switches=Switches(**switches),  # type: ignore[arg-type]  # one per field
    )


def _pair(summary: str, proves: str, **switches: object) -> Scenario:
    return Scenario(
        summary=summary,
        proves=proves,
        accounts=(Account(name="acme"), STUDIO),
        switches=Switches(**switches),  # type: ignore[arg-type]  # one per field
    )


SCENARIOS: Final[dict[str, Scenario]] = {
    "audited": _pair(
        "An audited app; acme is a public account, studio a private one.",
        "Every level that a creator is offered is accepted. It proves the usual "
        "way: init, bytes, processing, and a public id after moderation.",
    ),
    "demo": Scenario(
        summary="An unaudited app; acme is a private account, shop a public one.",
        proves=(
            "acme takes SELF_ONLY and shop refuses every level. It proves that a "
            "refusal is about the account, not about the client."
        ),
        accounts=(
            Account(name="acme", visibility="private"),
            Account(name="shop"),
        ),
        switches=Switches(audited=False),
    ),
    "unaudited-public-account": _alone(
        "An unaudited app and a public account: every direct post is refused.",
        "Each direct init is HTTP 403 "
        "unaudited_client_can_only_post_to_private_accounts, SELF_ONLY "
        "included; drafts go through. It proves that the advice is to make the "
        "account private and not only to lower the level.",
        Account(name="acme"),
        audited=False,
    ),
    "unaudited-private-account": _alone(
        "An unaudited app and a private account: only SELF_ONLY is accepted.",
        "SELF_ONLY completes, a wider level is refused, and no public id ever "
        "comes. It proves that a success here is not taken for a passed audit.",
        Account(name="acme", visibility="private"),
        audited=False,
    ),
    "unaudited-silent-self-only": _alone(
        "An unaudited app whose posts silently become SELF_ONLY.",
        "A public post is accepted, completes, gets no id, and status/fetch "
        "names SELF_ONLY. It proves that complete is not reported as public.",
        Account(name="acme"),
        audited=False,
        unaudited="narrow",
        status_privacy_level=True,
    ),
    "scope-missing": _alone(
        "The creator granted no video.publish: drafts work, direct posts do not.",
        "Direct inits and creator_info are HTTP 401 scope_not_authorized. It "
        "proves that a client asks for consent instead of refreshing a good "
        "token.",
        Account(name="acme", scopes=("user.info.basic", "video.upload")),
    ),
    "token-expired": _alone(
        "The access token is past its life; one refresh repairs it.",
        "The first call is HTTP 401 access_token_invalid, and every call after "
        "a refresh works. It proves that the new refresh token is kept, since "
        "the old one is dead.",
        Account(name="acme", token="expired"),  # noqa: S106 - a state
    ),
    "token-revoked": _alone(
        "The creator removed the app: access and refresh token are dead.",
        "Calls are HTTP 401 access_token_invalid and a refresh is "
        "invalid_grant. It proves that a client stops and asks for a new login.",
        Account(name="acme", token="revoked"),  # noqa: S106 - a state
    ),
    "sandbox-app": Scenario(
        summary="The sandbox key of an app in draft; shop is no target user.",
        proves=(
            "Only the sandbox key logs in, and only acme. It proves that key, "
            "secret and accounts belong to one environment."
        ),
        accounts=(
            Account(name="acme", visibility="private"),
            Account(name="shop", target_user=False),
        ),
        switches=Switches(app_environment="sandbox", app_state="draft", audited=False),
    ),
    "user-cap": _pair(
        "Five other creators posted today and the app's quota is five.",
        "creator_info says reached_active_user_cap with HTTP 200, inits with "
        "403. It proves that the envelope is read whatever the status, and that "
        "the limit is named as the app's.",
        audited_users=5,
        active_users=5,
    ),
    "daily-cap": _alone(
        "acme has made its fifteen posts of the day.",
        "creator_info says spam_risk_too_many_posts with HTTP 200, inits with "
        "403, until a day has passed. It proves that a client waits and does "
        "not retry at once.",
        Account(name="acme", posts_today=15),
    ),
    "pending-drafts": _alone(
        "acme has five unfinished drafts: direct posts work, drafts do not.",
        "Draft inits, of photos too, are spam_risk_too_many_pending_share. It "
        "proves that the creator is told to finish drafts in the app.",
        Account(name="acme", drafts_pending=5),
    ),
    "banned": _alone(
        "acme is banned from posting.",
        "creator_info says spam_risk_user_banned_from_posting with HTTP 200, "
        "every init with 403. It proves that nothing is retried.",
        Account(name="acme", banned=True),
    ),
    "url-unverified": _pair(
        "No domain and no URL prefix of the app is verified.",
        "Every PULL_FROM_URL, of photos too, is HTTP 403 "
        "url_ownership_unverified; uploads work. It proves that a client names "
        "the media host, not the site.",
        verified="",
    ),
    "moderation-slow": _pair(
        "A public post gets its id two hours after it is complete.",
        "status/fetch says PUBLISH_COMPLETE without an id for two hours. It "
        "proves that a missing id is neither a failure nor a reason to post "
        "again.",
        moderation_seconds=7_200.0,
    ),
    "processing-stuck": _pair(
        "An upload stays in processing for a day.",
        "status/fetch says PROCESSING_UPLOAD with all bytes counted. It proves "
        "that a client gives up watching without posting again.",
        processing_seconds=86_400.0,
    ),
    "no-post-id": _pair(
        "A public post completes and its id never appears.",
        "status/fetch never names an id, while video/list and the webhook do. "
        "It proves that a client does not wait for ever.",
        post_id_shape="absent",
    ),
    "flaky": Scenario(
        summary="Audited, with a fixed list of faults that a client must survive.",
        proves=(
            "A gateway's 503, a 500, two lost connections, a 502, HTML and half a "
            "JSON come, each once. It proves that a post arrives once, whatever "
            "breaks on the way."
        ),
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
