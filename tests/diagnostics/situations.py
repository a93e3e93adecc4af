"""Situations and what is wrong in each, by the contract and not by the program.

`cause` is the check that has to name the root, `reason` its word for it, `acts` who has
to do something, `audit` what is to be known of the audit. A label that is undecided
wants the doctor to say that it cannot tell; without a cause nothing is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from tests.diagnostics import scene as on
from tests.diagnostics.scene import DAY
from tiktok_bridge import Allow
from tiktok_bridge_diagnostics import probe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.diagnostics.scene import Step


@dataclass(frozen=True, kw_only=True)
class Situation:
    """One situation.

    Attributes:
        name: What it is called.
        make: The steps that lead to it.
        cause: The check that names the root; empty if nothing is wrong.
        reason: Its word for it.
        acts: Who has to do something.
        kind: Whether that is a red line, a warning, or cannot be told.
        also: Other checks whose red lines are true as well.
        audit: What is known of the audit, and how surely.
        scenario: The one of the sandbox.
        switches: Those of the sandbox that differ.
        accounts: Who has logged in before the steps.
    """

    name: str
    make: tuple[Step, ...] = ()
    cause: str = ""
    reason: str = ""
    acts: str | None = None
    kind: Literal["red", "warn", "undecided"] = "red"
    also: tuple[str, ...] = ()
    audit: tuple[str, str] = ("undetermined", "none")
    scenario: str = "audited"
    switches: Mapping[str, object] = field(default_factory=dict)
    accounts: tuple[str, ...] = ("acme",)


Rows = list[Situation]


def red(name: str, cause: str, acts: str, *make: Step, **more: Any) -> Situation:  # noqa: ANN401 - those of `Situation`
    check, _, reason = cause.partition(" ")
    return Situation(
        name=name, cause=check, reason=reason, acts=acts, make=make, **more
    )


def warn(name: str, cause: str, acts: str, *make: Step, **more: Any) -> Situation:  # noqa: ANN401 - likewise
    return red(name, cause, acts, *make, kind="warn", **more)


def undecided(name: str, cause: str, *make: Step, **more: Any) -> Situation:  # noqa: ANN401 - likewise
    check, _, reason = cause.partition(" ")
    return Situation(
        name=name, cause=check, reason=reason, kind="undecided", make=make, **more
    )


def fine(name: str, *make: Step, **more: Any) -> Situation:  # noqa: ANN401 - likewise
    return Situation(name=name, make=make, **more)


CONFIRMED_NO: Final = ("unaudited", "confirmed")
PROBABLE_NO: Final = ("unaudited", "probable")
CONFIRMED_YES: Final = ("audited", "confirmed")
PROBABLE_YES: Final = ("audited", "probable")
OPEN: Final = ("undetermined", "none")
SANDBOX: Final = ("not_applicable", "confirmed")

PUBLIC: Final = "PUBLIC_TO_EVERYONE"
FRIENDS: Final = "MUTUAL_FOLLOW_FRIENDS"
FOLLOWERS: Final = "FOLLOWER_OF_CREATOR"
ONLY_ME: Final = "SELF_ONLY"

NAMED_AT_ONCE: Final[dict[str, object]] = {"moderation_seconds": 0.0}
"""Switches with which a public post has its id when it is complete."""

HTML: Final = "<html><body>Please accept our terms</body></html>"

CONFIG: Rows = [
    red("no configuration", "cfg.found missing", "operator", on.no_config),
    red(
        "a tab in the YAML",
        "cfg.schema invalid",
        "operator",
        on.write("version: 1\napp:\n\tclient_key: x\n"),
    ),
    red(
        "a quote that never ends",
        "cfg.schema invalid",
        "operator",
        on.edit("version: 1", 'version: "1'),
    ),
    red(
        "a misspelt key",
        "cfg.schema invalid",
        "operator",
        on.edit("media_root:", "media_rot:"),
    ),
    red(
        "a key twice",
        "cfg.schema invalid",
        "operator",
        on.edit("version: 1", "version: 1\nversion: 1"),
    ),
    red(
        "a list where a text belongs",
        "cfg.schema invalid",
        "operator",
        on.edit("on_unaudited: fail", "on_unaudited: [fail]"),
    ),
    red(
        "a version of the future",
        "cfg.schema invalid",
        "operator",
        on.edit("version: 1", "version: 9"),
    ),
    red(
        "a variable that nobody set",
        "cfg.schema invalid",
        "operator",
        on.edit("local-sandbox-secret", "${NOBODY_EVER_SET_THIS}"),
    ),
    red(
        "an alias in the YAML",
        "cfg.schema invalid",
        "operator",
        on.edit("version: 1", "version: &v 1"),
    ),
    red(
        "a folder that YAML takes for a number",
        "cfg.yaml_traps not-text",
        "operator",
        lambda scene: on.done((scene.folder / "media").rename(scene.folder / "0755")),
        on.edit("media_root: media", "media_root: 0755"),
    ),
    red(
        "a redirect URI without a port",
        "cfg.redirect_uri against-the-rules",
        "operator",
        on.edit("http://127.0.0.1:3455/callback/", "https://example.com/callback?a=1"),
    ),
    red(
        "a redirect URI of the web without TLS",
        "cfg.redirect_uri against-the-rules",
        "operator",
        on.edit("platform: desktop", "platform: web"),
        on.edit("http://127.0.0.1:3455/callback/", "http://example.com/callback/"),
    ),
    red(
        "scopes that can post nothing",
        "cfg.scopes nothing-to-post",
        "operator",
        on.edit("[user.info.basic, video.publish, video.upload]", "[user.info.basic]"),
    ),
    red(
        "direct posts without their scope",
        "cfg.scopes missing",
        "operator",
        on.publish(ONLY_ME),
        on.edit("video.publish, ", ""),
        audit=PROBABLE_YES,
    ),
    warn(
        "no folder of videos",
        "cfg.media_root missing",
        "operator",
        on.edit("media_root: media", "media_root: nowhere"),
    ),
    red(
        "a file where the folder of videos belongs",
        "cfg.media_root unusable",
        "operator",
        on.edit("media_root: media", "media_root: posts.yaml"),
    ),
]
"""Mistakes in bridge.yaml."""

APP: Rows = [
    red(
        "a wrong secret",
        "app.client_valid invalid-client",
        "developer",
        on.secret("q7fWn2Lk9sXv4Rt8Yb3Zc6Md1Ph5Gj0A"),
    ),
    red(
        "a wrong secret, said with HTTP 200",
        "app.client_valid invalid-client",
        "developer",
        on.secret("q7fWn2Lk9sXv4Rt8Yb3Zc6Md1Ph5Gj0A"),
        switches={"oauth_error_status": "200"},
    ),
    red(
        "key and secret swapped",
        "app.key_shape swapped",
        "operator",
        on.credentials("local-sandbox-secret", "awlocalsandbox00"),
        accounts=(),
        also=("tok.present",),
    ),
    red(
        "the key pasted twice",
        "app.key_shape equal",
        "operator",
        on.secret("awlocalsandbox00"),
    ),
    red(
        "a secret torn by a space",
        "cfg.schema invalid",
        "operator",
        on.secret('"local-sandbox- secret"'),
    ),
    red(
        "a secret out of a sample",
        "app.key_shape is-sample",
        "operator",
        on.secret("your-client-secret"),
    ),
    warn(
        "a sandbox key that is called production",
        "app.mode disagrees",
        "operator",
        on.credentials("sbawlocalsandbox00", "local-sandbox-twin-secret"),
        on.log_in("acme"),
        scenario="sandbox-app",
        accounts=(),
    ),
    red(
        "a key of one environment with the secret of the other",
        "app.client_valid invalid-client",
        "developer",
        on.secret("local-sandbox-twin-secret"),
    ),
]
"""Mistakes with the app's credentials."""

INSTALLATION: Rows = [
    warn(
        "a broken plugin that nothing needs",
        "plug.load broken",
        "operator",
        on.plugin("strange", error="no module named strange"),
    ),
    warn(
        "a plugin for later hooks",
        "plug.load broken",
        "operator",
        on.plugin("later", HOOK_VERSION=99),
    ),
    red(
        "a token store that no plugin opens",
        "plug.health failed",
        "operator",
        on.edit("file:state/tokens", "vault://secret/tokens"),
    ),
    red(
        "a token store whose plugin is broken",
        "plug.load broken",
        "operator",
        on.plugin("vault", error="no module named hvac"),
        on.edit("file:state/tokens", "vault://secret/tokens"),
    ),
    warn(
        "events that cannot be delivered",
        "plug.health failed",
        "operator",
        on.edit("file:state/events.jsonl", "redis://127.0.0.1:9/0?stream=tiktok"),
    ),
    red(
        "a URL for events that names no stream",
        "plug.health failed",
        "operator",
        on.edit("file:state/events.jsonl", "redis://127.0.0.1:9/0"),
    ),
]
"""Mistakes of the installation."""

STORE: Rows = [
    red(
        "a record that others may read",
        "store.mode exposed",
        "operator",
        on.files(lambda path: path.chmod(0o644), "tokens", "acme.record"),
    ),
    red(
        "a folder of tokens that others may enter",
        "store.mode exposed",
        "operator",
        on.files(lambda path: path.chmod(0o755), "tokens"),
    ),
    red(
        "a key ring that others may read",
        "store.mode exposed",
        "operator",
        on.files(lambda path: path.chmod(0o644), "keys.json"),
    ),
    red(
        "a record behind a link",
        "store.symlink link",
        "operator",
        on.moved_behind_link("tokens", "acme.record"),
    ),
    red(
        "a folder of tokens behind a link",
        "store.symlink link",
        "operator",
        on.moved_behind_link("tokens"),
    ),
    red(
        "a damaged record",
        "tok.decrypt damaged",
        "operator",
        on.damaged_record,
    ),
    red(
        "a record of another account",
        "tok.decrypt damaged",
        "operator",
        on.files(
            lambda path: path.with_name("shop.record").write_bytes(path.read_bytes()),
            "tokens",
            "acme.record",
        ),
        on.files(lambda path: path.chmod(0o600), "tokens", "shop.record"),
    ),
    red(
        "no key ring",
        "key.present no-ring",
        "operator",
        on.files(lambda path: path.unlink(), "keys.json"),
    ),
    red(
        "a new key ring in the place of the old",
        "key.present missing",
        "operator",
        on.keys_of_another,
    ),
    red(
        "a key ring that is none",
        "key.present no-ring",
        "operator",
        on.files(lambda path: path.write_text("{}"), "keys.json"),
    ),
    warn(
        "a record sealed by an older key",
        "key.old_versions older-key",
        "operator",
        on.run("keys", "rotate"),
    ),
    warn(
        "a backup of a record",
        "store.leftovers left",
        "operator",
        on.files(
            lambda path: path.touch(0o600),
            "tokens",
            "acme.record.bak",
        ),
    ),
    red(
        "records of another app",
        "tok.decrypt damaged",
        "operator",
        on.credentials("sbawlocalsandbox00", "local-sandbox-twin-secret"),
        on.edit("environment: production", "environment: sandbox"),
        audit=SANDBOX,
    ),
    red(
        "a damaged ledger",
        "ledger.integrity damaged",
        "operator",
        on.publish(ONLY_ME),
        on.files(lambda path: path.write_bytes(b"no ledger" * 999), "ledger.db"),
    ),
    red(
        "a ledger of the future",
        "ledger.integrity does-not-open",
        "operator",
        on.publish(ONLY_ME),
        lambda scene: scene.sql("UPDATE ledger_version SET version = 999"),
    ),
    red(
        "a post of which nobody knows whether it came through",
        "ledger.unknown unknown",
        "operator",
        on.publish(ONLY_ME),
        lambda scene: scene.sql("UPDATE ledger_posts SET state = 'UNKNOWN'"),
        audit=PROBABLE_YES,
    ),
]
"""Mistakes with what is kept."""

NETWORK: Rows = [
    red("a port that refuses", "net.tcp_tls refused", "operator", on.refusing_port),
    red(
        "a host that never answers",
        "net.api_shape no-answer-timeout",
        "operator",
        on.silent_port,
    ),
    red(
        "a captive portal",
        "net.api_shape not-tiktok",
        "operator",
        on.somebody_else(200, HTML, "text/html"),
    ),
    red(
        "a portal that redirects",
        "net.api_shape not-tiktok",
        "operator",
        on.somebody_else(302, "", "text/html", Location="http://portal.invalid/"),
    ),
    red(
        "a firewall's 403",
        "net.api_shape not-tiktok",
        "operator",
        on.somebody_else(403, "<h1>Blocked by policy</h1>", "text/html"),
    ),
    red(
        "another API",
        "net.api_shape not-tiktok",
        "operator",
        on.somebody_else(404, '{"detail": "Not Found"}', "application/json"),
    ),
    red(
        "a gateway without a backend",
        "net.api_shape server-error",
        "wait",
        on.somebody_else(503, "<h1>503</h1>", "text/html"),
    ),
    red(
        "a name that does not exist",
        "dns.resolve not-found",
        "operator",
        lambda scene: scene.at("https://api.no-such-name.invalid"),
    ),
    red(
        "a certificate of nobody's authority",
        "net.tcp_tls certificate-untrusted",
        "operator",
        on.over_tls(lambda _, foreign: foreign.issue("localhost")),
    ),
    red(
        "a certificate of another host",
        "net.tcp_tls certificate-name",
        "operator",
        on.over_tls(lambda known, _: known.issue("router.lan")),
    ),
    red(
        "a certificate that has ended",
        "net.tcp_tls certificate-expired",
        "operator",
        on.over_tls(lambda known, _: known.issue("localhost", on.ENDED)),
    ),
    red(
        "plain HTTP where TLS is expected",
        "net.tcp_tls tls",
        "operator",
        lambda scene: scene.at(scene.sandbox.base_url.replace("http:", "https:")),
    ),
    red(
        "a proxy that refuses",
        "net.proxy refused",
        "operator",
        on.refusing_proxy,
    ),
    red(
        "a clock ten minutes behind",
        "clock.skew wrong",
        "operator",
        on.clock_of_tiktok(600.0),
    ),
    red(
        "a clock ten minutes ahead",
        "clock.skew wrong",
        "operator",
        on.clock_of_tiktok(-600.0),
    ),
    warn(
        "a clock two minutes ahead",
        "clock.skew off",
        "operator",
        on.clock_of_tiktok(-120.0),
    ),
    fine("a clock three seconds ahead", on.clock_of_tiktok(-3.0)),
]
"""What lies between this machine and TikTok."""

TOKENS: Rows = [
    red(
        "a token that TikTok calls invalid",
        "tok.valid refused",
        "operator",
        on.token(expires_in=86_400),
        scenario="token-expired",
        accounts=(),
    ),
    red(
        "a token that TikTok calls invalid with HTTP 200",
        "tok.valid refused",
        "operator",
        on.token(expires_in=86_400),
        scenario="token-expired",
        switches={"token_refusal_status": 200},
        accounts=(),
    ),
    warn(
        "an access token that ended and can be renewed",
        "tok.access_expiry ended",
        "operator",
        on.token(expires_in=0),
    ),
    red(
        "a token that ended for good",
        "tok.access_expiry ended-for-good",
        "creator",
        on.token(expires_in=0, refresh_expires_in=0),
    ),
    red(
        "a creator who removed the app",
        "tok.valid refused",
        "operator",
        on.creator("remove-app"),
    ),
    red(
        "a creator who granted no direct posts",
        "tok.scopes_stored missing",
        "creator",
        scenario="scope-missing",
    ),
    red(
        "a scope that was granted and is not any more",
        "tok.scopes_probe missing",
        "creator",
        on.token(scope="user.info.basic,video.publish,video.upload"),
        scenario="scope-missing",
        accounts=(),
    ),
    red(
        "a scope that was taken back, said with HTTP 403",
        "tok.scopes_probe missing",
        "creator",
        on.token(scope="user.info.basic,video.publish,video.upload"),
        scenario="scope-missing",
        switches={"scope_refusal_status": 403},
        accounts=(),
    ),
    red(
        "the token of another user",
        "tok.account another-user",
        "creator",
        on.token("acme", "studio", open_id="somebody-else-0000"),
        accounts=(),
    ),
    red(
        "a renewal whose answer was lost",
        "tok.refresh_intent cut-off",
        "creator",
        on.fault("token", {"kind": "reset_before_reply"}),
        on.renewal(ago=3600.0),
    ),
    undecided(
        "a renewal that may still be under way",
        "tok.refresh_intent under-way",
        on.fault("token", {"kind": "reset_before_reply"}),
        on.renewal(ago=1.0),
    ),
    red(
        "a refresh token that TikTok refused",
        "tok.access_expiry ended-for-good",
        "creator",
        on.run("auth", "refresh", "acme"),
        scenario="token-revoked",
    ),
    warn(
        "one user under two names",
        "tok.account namesake",
        "operator",
        on.token("twin", "acme"),
    ),
    red(
        "a post that waits for somebody to log in",
        "tok.present missing",
        "creator",
        on.plan(ONLY_ME, "studio"),
        on.files(lambda path: path.unlink(), "tokens", "studio.record"),
        on.files(lambda path: path.unlink(), "tokens", "studio.prev"),
        accounts=("acme", "studio"),
    ),
    red("nobody has logged in", "tok.present missing", "creator", accounts=()),
    red(
        "a token that ended, and another that lives",
        "tok.access_expiry ended-for-good",
        "creator",
        on.token("studio", expires_in=0, refresh_expires_in=0),
    ),
]
"""Tokens."""

CREATORS: Rows = [
    red(
        "a creator who is banned",
        "creator.can_post banned",
        "creator",
        scenario="banned",
    ),
    red(
        "a creator who is banned, said with HTTP 403",
        "creator.can_post banned",
        "creator",
        scenario="banned",
        switches={"creator_info_status": 403},
    ),
    red(
        "a creator with fifteen posts today",
        "creator.can_post too-many-posts",
        "wait",
        scenario="daily-cap",
    ),
    red(
        "an app whose creators of the day are used up",
        "creator.user_cap full",
        "wait",
        scenario="user-cap",
    ),
    red(
        "a level that is not offered",
        "creator.privacy_choice not-offered",
        "operator",
        on.plan(FOLLOWERS),
    ),
    red(
        "a public post for a private account",
        "creator.privacy_choice not-offered",
        "operator",
        on.plan(PUBLIC, "studio"),
        accounts=("studio",),
    ),
    red(
        "an account that became private since",
        "creator.privacy_choice not-offered",
        "operator",
        on.plan(PUBLIC),
        on.creator("make-private"),
    ),
    warn(
        "a duet of a private account",
        "creator.interactions turned-off",
        "operator",
        on.plan(ONLY_ME, "studio", allow=Allow(duet=True)),
        accounts=("studio",),
    ),
    undecided(
        "a creator_info that breaks off",
        "creator.info no-answer",
        on.fault("creator_info", *[{"kind": "truncated_json"}] * 3),
    ),
    undecided(
        "a creator_info that is HTML",
        "creator.info no-answer",
        on.fault("creator_info", *[{"kind": "html"}] * 3),
    ),
]
"""Creators."""

AUDIT: Rows = [
    red(
        "unaudited, a public account",
        "audit.verdict unaudited-public-account",
        "developer",
        on.publish(ONLY_ME),
        scenario="unaudited-public-account",
        audit=CONFIRMED_NO,
    ),
    red(
        "unaudited, a public account and a public post",
        "audit.verdict unaudited-public-account",
        "developer",
        on.publish(PUBLIC),
        scenario="unaudited-public-account",
        audit=CONFIRMED_NO,
    ),
    red(
        "unaudited, said with HTTP 200",
        "audit.verdict unaudited-public-account",
        "developer",
        on.publish(ONLY_ME),
        scenario="unaudited-public-account",
        switches={"unaudited_status": 200},
        audit=CONFIRMED_NO,
    ),
    red(
        "unaudited, by the other code",
        "audit.verdict unaudited-public-account",
        "developer",
        on.publish(ONLY_ME),
        scenario="unaudited-public-account",
        switches={"unaudited_code": "unaudited_client_only_self_visibility"},
        audit=CONFIRMED_NO,
    ),
    red(
        "unaudited, a private account and a wider level",
        "audit.verdict unaudited-private-account",
        "developer",
        on.publish(FRIENDS),
        scenario="unaudited-private-account",
        audit=CONFIRMED_NO,
    ),
    undecided(
        "unaudited, a private account and SELF_ONLY",
        "audit.verdict private-self-only",
        on.publish(ONLY_ME),
        scenario="unaudited-private-account",
    ),
    undecided(
        "audited, a private account and SELF_ONLY",
        "audit.verdict private-self-only",
        on.publish(ONLY_ME, "studio"),
        accounts=("studio",),
    ),
    fine(
        "audited, a private account and a wider level",
        on.publish(FOLLOWERS, "studio"),
        accounts=("studio",),
        audit=PROBABLE_YES,
    ),
    fine(
        "audited, a public account and SELF_ONLY",
        on.publish(ONLY_ME),
        audit=PROBABLE_YES,
    ),
    fine(
        "audited, a public post with an id",
        on.publish(PUBLIC),
        switches=NAMED_AT_ONCE,
        audit=CONFIRMED_YES,
    ),
    fine(
        "audited, a public post that a webhook tells of",
        on.publish(PUBLIC),
        on.webhooks,
        audit=CONFIRMED_YES,
    ),
    fine(
        "audited, a public post in moderation",
        on.publish(PUBLIC),
        scenario="moderation-slow",
        audit=PROBABLE_YES,
    ),
    fine(
        "audited, a public post whose id never comes",
        on.publish(PUBLIC),
        scenario="no-post-id",
        audit=PROBABLE_YES,
    ),
    red(
        "silently SELF_ONLY, and TikTok says so",
        "audit.verdict silent-self-only",
        "developer",
        on.publish(PUBLIC),
        scenario="unaudited-silent-self-only",
        audit=PROBABLE_NO,
    ),
    fine(
        "silently SELF_ONLY, and TikTok does not say so",
        on.publish(PUBLIC),
        scenario="unaudited-silent-self-only",
        switches={"status_privacy_level": False},
        audit=PROBABLE_YES,
    ),
    red(
        "unaudited, two days ago",
        "audit.verdict unaudited-public-account",
        "developer",
        on.publish(ONLY_ME),
        on.old_ledger(2 * DAY),
        scenario="unaudited-public-account",
        audit=PROBABLE_NO,
    ),
    fine(
        "audited, a public post two days ago",
        on.publish(PUBLIC),
        on.old_ledger(2 * DAY),
        switches=NAMED_AT_ONCE,
        audit=PROBABLE_YES,
    ),
    undecided(
        "unaudited this morning, audited now",
        "audit.verdict contradicted",
        on.publish(ONLY_ME),
        on.sandbox_becomes("audited", **NAMED_AT_ONCE),
        on.publish(PUBLIC),
        scenario="unaudited-public-account",
        audit=("undetermined", "contradicted"),
    ),
    fine(
        "unaudited two days ago, audited now",
        on.publish(ONLY_ME),
        on.old_ledger(2 * DAY),
        on.sandbox_becomes("audited", **NAMED_AT_ONCE),
        on.publish(PUBLIC),
        scenario="unaudited-public-account",
        audit=CONFIRMED_YES,
    ),
    warn(
        "unaudited, and posts go to the inbox",
        "audit.verdict unaudited-public-account",
        "developer",
        on.edit("on_unaudited: fail", "on_unaudited: inbox"),
        on.publish(ONLY_ME),
        scenario="unaudited-public-account",
        audit=CONFIRMED_NO,
    ),
    red(
        "unaudited, one account public and one private",
        "audit.verdict unaudited-public-account",
        "developer",
        on.publish(ONLY_ME),
        on.publish(ONLY_ME, "shop"),
        scenario="demo",
        accounts=("acme", "shop"),
        audit=CONFIRMED_NO,
    ),
    fine(
        "a sandbox app",
        on.as_sandbox_app,
        on.log_in("acme"),
        scenario="sandbox-app",
        accounts=(),
        audit=SANDBOX,
    ),
    fine(
        "a sandbox app that posted",
        on.as_sandbox_app,
        on.log_in("acme"),
        on.publish(ONLY_ME),
        scenario="sandbox-app",
        accounts=(),
        audit=SANDBOX,
    ),
    undecided(
        "a post that TikTok failed",
        "audit.verdict private-self-only",
        on.publish(ONLY_ME, "studio"),
        switches={"fail_reason": "internal"},
        accounts=("studio",),
    ),
]
"""Rows of the table of the audit, by what the ledger remembers of real posts."""

PROBED: Rows = [
    red(
        "probed: unaudited, a public account",
        "audit.verdict unaudited-public-account",
        "developer",
        on.consent(probe.collector),
        scenario="unaudited-public-account",
        audit=CONFIRMED_NO,
    ),
    red(
        "probed: unaudited, by the other code",
        "audit.verdict unaudited-public-account",
        "developer",
        on.consent(probe.collector),
        scenario="unaudited-public-account",
        switches={"unaudited_code": "unaudited_client_only_self_visibility"},
        audit=CONFIRMED_NO,
    ),
    fine(
        "probed: audited, a public account",
        on.consent(probe.collector),
        audit=PROBABLE_YES,
    ),
    red(
        "probed: unaudited, a private account",
        "audit.verdict unaudited-private-account",
        "developer",
        on.consent(probe.collector),
        scenario="unaudited-private-account",
        audit=CONFIRMED_NO,
    ),
    fine(
        "probed: audited, a private account",
        on.consent(probe.collector, "studio"),
        accounts=("studio",),
        audit=PROBABLE_YES,
    ),
    undecided(
        "probed: a private account whose wider level is a mismatch",
        "audit.verdict proves-nothing",
        on.consent(probe.collector),
        scenario="unaudited-private-account",
        switches={"unaudited_private_wider": "mismatch"},
    ),
    red(
        "probed: a creator who granted no direct posts",
        "tok.scopes_stored missing",
        "creator",
        on.consent(probe.collector),
        scenario="scope-missing",
    ),
    fine(
        "a test post on a public account, audited",
        on.trial_post(),
        audit=PROBABLE_YES,
    ),
    fine(
        "a test post for everyone, audited",
        on.trial_post(public_as="acme"),
        audit=CONFIRMED_YES,
    ),
    red(
        "a test post on a public account, unaudited",
        "audit.verdict unaudited-public-account",
        "developer",
        on.trial_post(),
        scenario="unaudited-public-account",
        audit=CONFIRMED_NO,
    ),
    undecided(
        "a test post on a private account, unaudited",
        "audit.verdict private-self-only",
        on.trial_post(),
        scenario="unaudited-private-account",
    ),
    red(
        "a test post for everyone that is silently narrowed",
        "audit.verdict silent-self-only",
        "developer",
        on.trial_post(public_as="acme"),
        scenario="unaudited-silent-self-only",
        audit=PROBABLE_NO,
    ),
]
"""The same table by what somebody consented to."""

LIMITS: Rows = [
    warn(
        "five drafts that the creator may not have finished",
        "lim.pending_share perhaps-full",
        "creator",
        *[on.publish(None, mode="inbox")] * 5,
    ),
    warn(
        "a draft that TikTok takes no more",
        "lim.pending_share refused",
        "creator",
        on.publish(None, mode="inbox"),
        scenario="pending-drafts",
    ),
    red(
        "a second post where TikTok takes one a day",
        "creator.can_post too-many-posts",
        "wait",
        on.publish(ONLY_ME),
        on.publish(ONLY_ME),
        switches={"posts_per_day": 1},
        audit=PROBABLE_YES,
    ),
]
"""Limits, as far as the ledger counts them."""

SEVERAL: Rows = [
    red(
        "a port that refuses, and a wrong secret",
        "net.tcp_tls refused",
        "operator",
        on.secret("q7fWn2Lk9sXv4Rt8Yb3Zc6Md1Ph5Gj0A"),
        on.refusing_port,
    ),
    red(
        "a captive portal, and a creator who is banned",
        "net.api_shape not-tiktok",
        "operator",
        on.somebody_else(200, HTML, "text/html"),
        scenario="banned",
    ),
    red(
        "a wrong secret, and a token that TikTok calls invalid",
        "app.client_valid invalid-client",
        "developer",
        on.token(expires_in=86_400),
        on.secret("q7fWn2Lk9sXv4Rt8Yb3Zc6Md1Ph5Gj0A"),
        scenario="token-expired",
        accounts=(),
    ),
    red(
        "a stored scope that is out of date, and a creator who is banned",
        "creator.can_post banned",
        "creator",
        on.token(scope="user.info.basic,video.upload"),
        scenario="banned",
        accounts=(),
    ),
    red(
        "a creator who removed the app, and a level that is not offered",
        "tok.valid refused",
        "operator",
        on.plan(FOLLOWERS),
        on.creator("remove-app"),
    ),
    red(
        "no configuration, and a broken plugin",
        "cfg.found missing",
        "operator",
        on.no_config,
        on.plugin("strange", error="no module named strange"),
    ),
    red(
        "no key ring, and no direct posts granted",
        "key.present no-ring",
        "operator",
        on.files(lambda path: path.unlink(), "keys.json"),
        scenario="scope-missing",
    ),
    red(
        "a record that others may read, and a refused port",
        "net.tcp_tls refused",
        "operator",
        on.files(lambda path: path.chmod(0o644), "tokens", "acme.record"),
        on.refusing_port,
        also=("store.mode",),
    ),
    red(
        "a token that ended for good, of a creator who granted too little",
        "tok.access_expiry ended-for-good",
        "creator",
        on.token(expires_in=0, refresh_expires_in=0),
        scenario="scope-missing",
        also=("tok.scopes_stored",),
        accounts=(),
    ),
    red(
        "unaudited, and the creator removed the app since",
        "tok.valid refused",
        "operator",
        on.publish(ONLY_ME),
        on.creator("remove-app"),
        scenario="unaudited-public-account",
        also=("audit.verdict",),
        audit=CONFIRMED_NO,
    ),
    red(
        "a clock ten minutes behind, and a creator who is banned",
        "clock.skew wrong",
        "operator",
        on.clock_of_tiktok(600.0),
        scenario="banned",
        also=("creator.can_post",),
    ),
]
"""Several at once: the deeper one is the root."""

HEALTHY: Rows = [
    fine("all is well"),
    fine("all is well with two accounts", accounts=("acme", "studio")),
    fine("a private account", accounts=("studio",)),
    fine(
        "an unaudited app that has posted nothing", scenario="unaudited-public-account"
    ),
    fine("URLs that are not verified, and nobody pulls", scenario="url-unverified"),
    fine("drafts that nobody finished", scenario="pending-drafts"),
    fine("a log id that is called logid", switches={"log_id_key": "logid"}),
    fine("no log id at all", switches={"log_id_key": "absent"}),
    fine("tokens that live two hours", switches={"expires_in": 7200}),
    fine("invalid_param without an s", switches={"invalid_code": "invalid_param"}),
    fine("data before the error", switches={"envelope": "data-first"}),
    fine("messages that are empty", switches={"refusal_texts": "empty"}),
    fine(
        "an app that offers SELF_ONLY alone",
        switches={"unaudited_options": "self-only"},
    ),
    fine(
        "a draft that was delivered",
        on.publish(None, mode="inbox"),
    ),
    undecided(
        "a post that is still processed",
        "audit.verdict private-self-only",
        on.publish(ONLY_ME, "studio"),
        scenario="processing-stuck",
        accounts=("studio",),
    ),
    undecided(
        "a gateway that fails once",
        "creator.info no-answer",
        scenario="flaky",
    ),
]
"""Nothing is wrong, however TikTok puts it."""

ALL: Final = (
    CONFIG
    + APP
    + INSTALLATION
    + STORE
    + NETWORK
    + TOKENS
    + CREATORS
    + AUDIT
    + PROBED
    + LIMITS
    + SEVERAL
    + HEALTHY
)
