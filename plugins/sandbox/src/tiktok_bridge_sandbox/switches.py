"""Every question the public documentation leaves open, as a switch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

from tiktok_bridge_sandbox import properties, redirects
from tiktok_bridge_sandbox.amounts import LARGEST, is_amount, is_whole
from tiktok_bridge_sandbox.errors import UsageError
from tiktok_bridge_sandbox.properties import is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Switches:
    """How this TikTok behaves where sources disagree or a test needs a choice."""

    audited: bool = True
    """Whether the production app passed the content posting audit."""

    unaudited: Literal["refuse", "narrow"] = "refuse"
    """An unaudited app's post is refused, or silently published as SELF_ONLY."""

    limits: bool = True
    """Whether per-minute limits and daily caps are enforced at all."""

    expires_in: int = 86_400
    """Life of an access token in seconds; documentation of 2026-11 says 7200."""

    refresh_expires_in: int = 31_536_000
    """Life of a refresh token in seconds; documentation of 2026-11 says 15552000."""

    megabyte: Literal["decimal", "binary"] = "decimal"
    """What the MB of the size rules means: 1,000,000 or 1,048,576 bytes."""

    invalid_code: Literal["invalid_params", "invalid_param"] = "invalid_params"
    """Spelling of the code for a bad argument; recordings have the plural."""

    log_id_key: Literal["log_id", "logid", "absent"] = "log_id"
    """Key of the log id; field tables say ``logid``, two recordings have none."""

    post_id_shape: Literal["list", "int", "string", "strings", "absent"] = "list"
    """Shape of ``publicaly_available_post_id``; officially a list of int64."""

    post_id_key: Literal[
        "publicaly_available_post_id", "publicly_available_post_id"
    ] = "publicaly_available_post_id"
    """Spelling of the key; every recording misspells it."""

    chunk_status: Literal["official", "all-201-then-200", "all-200"] = "official"
    """Status of a stored chunk: 206 and 201 at the end, or 201 and 200, or 200."""

    single_chunk: Literal["size-message", "count-message", "accept"] = "size-message"
    """What is said to one chunk that is smaller than the video."""

    max_video: Literal["4GB", "10GB", "128MB"] = "4GB"
    """Largest video, in MB as ``megabyte`` reads them."""

    max_duration: int = 3_600
    """``max_video_post_duration_sec`` of every creator, as in the recordings."""

    upload_body: Literal["empty", "json", "html"] = "empty"
    """Body of an answer of the upload host, which no source shows."""

    upload_path: Literal["/upload", "/upload/", "/video/"] = "/upload"
    """Path of every upload URL; all three were seen."""

    uploaded_bytes: Literal["last-index", "count"] = "last-index"
    """What UPLOADED_BYTES in an answer's Content-Range counts."""

    pending_share_status: Literal[403, 400] = 403
    """HTTP status of ``spam_risk_too_many_pending_share``; 400 was recorded."""

    option_mismatch_status: Literal[403, 400, 200] = 403
    """HTTP status of ``privacy_level_option_mismatch``."""

    token_refusal_status: Literal[401, 200] = 401
    """HTTP status of ``access_token_invalid``; some clients expect 200 too."""

    scope_refusal_status: Literal[401, 403] = 401
    """HTTP status of ``scope_not_authorized``; one fixture has 403."""

    creator_info_status: Literal[200, 403] = 200
    """HTTP status of a creator_info that names a ban or a cap."""

    init_refusal_status: Literal["documented", "200"] = "documented"
    """HTTP status of an init that is refused for spam or the user cap."""

    unaudited_status: Literal[403, 200] = 403
    """HTTP status of the refusal of an unaudited app."""

    unaudited_code: Literal[
        "unaudited_client_can_only_post_to_private_accounts",
        "unaudited_client_only_self_visibility",
    ] = "unaudited_client_can_only_post_to_private_accounts"
    """Code of that refusal; only one guide knows the second."""

    unaudited_options: Literal["account", "self-only"] = "account"
    """What an unaudited app is offered: all of the account's levels, or one."""

    unaudited_cure: Literal["account-and-level", "level"] = "account-and-level"
    """What an unaudited app needs: a private account too, or SELF_ONLY alone."""

    unaudited_private_wider: Literal["unaudited", "mismatch", "narrow"] = "unaudited"
    """What a private account's wider level meets while the app is unaudited."""

    check_order: Literal["audit-first", "level-first"] = "audit-first"
    """Whether the account is judged before the level that was asked for."""

    branded_self_only: Literal["accept", "refuse"] = "accept"
    """What becomes of branded content that only its owner may see."""

    field_scope_code: Literal["scope_not_authorized", "scope_permission_missed"] = (
        "scope_not_authorized"
    )
    """Code for a field outside the granted scopes; the second comes with 400."""

    unknown_fields: Literal["refuse", "ignore"] = "ignore"
    """What a field meets that no page documents."""

    envelope: Literal[
        "recorded", "data-first", "error-first", "error-only-on-refusal", "bare-refusal"
    ] = "recorded"
    """Order and presence of ``data`` and ``error``; recordings have several."""

    refusal_texts: Literal["words", "code", "empty"] = "words"
    """Messages that no recording shows: made up here, the code, or nothing."""

    empty_code_5xx: Literal["envelope", "bare", "empty", "html"] = "envelope"
    """Body of an injected 5xx whose code is empty."""

    photo_post_mode: Literal["underscore", "space", "either"] = "underscore"
    """Spelling of DIRECT_POST for photos; one table prints a space."""

    photo_ai_label: Literal["top-level", "post-info", "refused"] = "top-level"
    """Where ``is_aigc`` of photos belongs, if anywhere."""

    app_version: Literal["current", "old"] = "current"
    """The creators' TikTok app; an old one takes no drafts of photos."""

    verified: str = "media.example.com,https://cdn.example.com/acme/"
    """Verified URL properties: domains and prefixes, with commas between."""

    insecure_url: Literal["url_ownership_unverified", "invalid_params"] = (
        "url_ownership_unverified"
    )
    """Code for a URL that cannot be verified: no HTTPS, or a bare address."""

    pulls: Literal["pretend", "fetch"] = "pretend"
    """Whether a URL is only pretended to be fetched, or really is, on loopback."""

    pull_seconds: float = 0.5
    """How long a pretended download takes; over 3600 it fails after an hour."""

    duplicate_inits: Literal["two-posts", "same-publish-id"] = "two-posts"
    """Whether an init that repeats an earlier one opens another post."""

    publish_id_seconds: float = 0.0
    """How long a publish_id is known after its init; 0 is for ever."""

    draft_seconds: float = 86_400.0
    """How long an unfinished draft is kept."""

    drafts_use_seats: bool = False
    """Whether drafts count for the user cap and are refused by it."""

    webhook_url: str = ""
    """Where events are delivered: plain HTTP on loopback; empty is nowhere."""

    webhook_retry_seconds: float = 15.0
    """Pause before the second attempt of a delivery; it doubles each time."""

    webhook_publish_type: Literal["DIRECT_PUBLISH", "DIRECT_POST"] = "DIRECT_PUBLISH"
    """``publish_type`` of a direct post in an event."""

    rotation: Literal["always", "same"] = "always"
    """Whether a refresh gives a new refresh token and kills the old one."""

    oauth_error_status: Literal["4xx", "200"] = "4xx"
    """HTTP status of an OAuth error, which no documentation states."""

    token_shape: Literal["flat", "wrapped"] = "flat"  # noqa: S105 - no token
    """Shape of a token response; an old page wraps it in ``data``."""

    platform: Literal["desktop", "web"] = "desktop"
    """The tab of Login Kit under which the app's redirect URIs stand."""

    redirect_uris: str = ""
    """Comma list registered in production; empty means the platform's usual ones."""

    sandbox_redirect_uris: str = ""
    """The same for the sandbox app, whose list is its own."""

    loopback_hosts: Literal["distinct", "equal"] = "distinct"
    """Whether localhost and 127.0.0.1 are two hosts in a redirect URI."""

    unregistered_redirect: Literal["redirect-uri", "client-key"] = "redirect-uri"
    """What an unregistered redirect URI is blamed on; both were reported."""

    unencoded_redirect: Literal["refuse", "accept"] = "refuse"
    """What happens to a redirect URI that is not percent-encoded."""

    pkce: Literal["always", "desktop-only"] = "always"
    """Whether a web app must send a code challenge too."""

    pkce_base64url: Literal["fails-at-exchange", "fails-at-authorize"] = (
        "fails-at-exchange"
    )
    """Where a challenge is refused that is not hex."""

    scope_separator: Literal["comma", "either"] = "comma"
    """Whether scopes may also be separated by spaces."""

    approved_scopes: str = (
        "user.info.basic,user.info.profile,user.info.stats,"
        "video.list,video.publish,video.upload"
    )
    """Comma list of the scopes the app may ask for."""

    app_environment: Literal["production", "sandbox"] = "production"
    """The app whose key a client has; a sandbox app is never audited."""

    app_state: Literal["live", "draft", "in-review", "not-approved"] = "live"
    """State of the production app; only a live one can be logged in to."""

    login_kit: bool = True
    """Whether the product Login Kit was added to the app."""

    auto_auth: bool = False
    """Whether ``disable_auto_auth=0`` skips the page after a first login (web)."""

    code_seconds: int = 600
    """Life of a code; RFC 6749 admits ten minutes, TikTok states none."""

    double_decoding: Literal["fails", "works"] = "fails"
    """Whether a code holds a part that decoding it twice destroys."""

    qr_seconds: int = 300
    """Life of a QR code that nobody has confirmed."""

    qr_confirmed: Literal["redirect-uri", "code-and-state"] = "redirect-uri"
    """What a confirmed QR login brings: a URI with the code, or its parts."""

    brand_toggles_required: bool = False
    """Whether both brand toggles must be sent, as the field table says."""

    status_privacy_level: bool = False
    """Whether a status answer names the privacy level the post really got."""

    processing_seconds: float = 0.5
    """Time between the last byte and the end of processing."""

    moderation_seconds: float = 1.0
    """Time between the end of processing and a public post's id."""

    fail_reason: str = ""
    """If set, every upload ends FAILED with this reason."""

    posts_per_day: int = 15
    """Posts a creator may make in 24 hours through all apps."""

    pending_drafts: int = 5
    """Unfinished drafts a creator may receive in 24 hours."""

    unaudited_users: int = 5
    """Creators who may post through an unaudited app in 24 hours."""

    audited_users: int = 1_000
    """Creators who may post through an audited app in 24 hours."""

    active_users: int = 0
    """Other creators who posted through this app just before the start."""


def change(switches: Switches, changes: Mapping[str, object]) -> Switches:
    """Return *switches* with *changes*, which may come from JSON.

    Raises:
        UsageError: A switch does not exist or does not take the value.
    """
    kinds = get_type_hints(Switches)
    given = {name: _as_word(kinds.get(name), value) for name, value in changes.items()}
    for name, value in given.items():
        if name not in kinds:
            raise UsageError(f"there is no switch {name!r}")
        if not _admits(kinds[name], value):
            words = f"{_values(kinds[name])}, not {value!r}"
            raise UsageError(f"switch {name!r} takes {words}")
    changed = replace(switches, **given)  # type: ignore[arg-type]  # checked above
    _check_webhook(changed)
    for uris in (changed.redirect_uris, changed.sandbox_redirect_uris):
        redirects.check(redirects.listed(uris, changed.platform), changed.platform)
    properties.check(changed.verified)
    return changed


def _as_word(kind: object, value: object) -> object:
    """Return a number as the word that a switch has for it: 200 for "200"."""
    is_word = get_origin(kind) is Literal and str(value) in get_args(kind)
    return str(value) if is_word else value


def _admits(kind: object, value: object) -> bool:
    if get_origin(kind) is Literal:
        return not isinstance(value, bool) and value in get_args(kind)
    if kind is bool:
        return isinstance(value, bool)
    if kind is str:
        # What cannot be printed, half a surrogate pair, is no JSON either.
        return isinstance(value, str) and value.isprintable()
    return is_amount(value) if kind is float else is_whole(value)


def _values(kind: object) -> str:
    """Say what a switch of *kind* takes."""
    if get_origin(kind) is Literal:
        return " or ".join(repr(value) for value in get_args(kind))
    if kind is bool:
        return "true or false"
    if kind is str:
        return "a printable text"
    number = "a number" if kind is float else "a whole number"
    return f"{number} from 0 to {LARGEST}"


def _check_webhook(switches: Switches) -> None:
    url = switches.webhook_url
    if url and not (is_loopback(url) and urlsplit(url).port != 0):
        words = f"a URL of plain HTTP to loopback, not {url!r}"
        raise UsageError(f"switch 'webhook_url' takes {words}")
    if not switches.webhook_retry_seconds:
        raise UsageError("switch 'webhook_retry_seconds' takes no 0: it is doubled")
