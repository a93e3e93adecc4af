"""Facts in, finding out: the machine, the plugins and the configuration."""

from __future__ import annotations

from typing import Any

import pytest

from tests.diagnostics.judging import CHECKS, Seen, judge, said


def python(**data: Any) -> Seen:  # noqa: ANN401 - JSON
    good: dict[str, Any] = {
        "version": [3, 12, 1],
        "is_utf8": True,
        "has_time_zones": True,
    }
    return "python", "", good | data


def package(**data: Any) -> Seen:  # noqa: ANN401 - JSON
    good: dict[str, Any] = {"version": "9.0", "floor": "8.2.1", "is_too_old": False}
    return "package", "vcrpy", good | data


def disk(**data: Any) -> Seen:  # noqa: ANN401 - JSON
    return "disk", "ledger", {"free_bytes": 10**10, "free_inodes": 10**6} | data


def folder(**data: Any) -> Seen:  # noqa: ANN401 - JSON
    return (
        "folder",
        "tokens",
        {"is_there": True, "is_written": True, "errno": None} | data,
    )


def plugin(name: str = "vault", **data: Any) -> Seen:  # noqa: ANN401 - JSON
    good: dict[str, Any] = {
        "is_broken": False,
        "error": None,
        "hooks": [],
        "hook_version": 1,
    }
    good |= {"is_needed": True, "shares": [], "tells_secrets": True}
    return "plugin", name, good | {"opens_with_secrets": True} | data


def health(place: str = "tokens", **data: Any) -> Seen:  # noqa: ANN401 - JSON
    good: dict[str, Any] = {
        "place": place,
        "plugin": "vault",
        "status": "ok",
        "words": "well",
    }
    about = "" if place == "tokens" else place
    return "health", about, good | {"hint": None} | data


def config(**data: Any) -> Seen:  # noqa: ANN401 - JSON
    good: dict[str, Any] = {"is_there": True, "is_valid": True, "problems": []}
    good |= {"traps": [], "redirect_problem": None, "inline": [], "variables": []}
    good |= {"is_shadowing": False, "environment": "production", "platform": "web"}
    good |= {"scopes": ["video.publish", "video.upload"], "on_unaudited": "fail"}
    good |= {"base_url": "https://open.tiktokapis.com", "base_url_is": "production"}
    good |= {"base_url_is_https": True, "redirect_uri": "https://cms.example.com/cb/"}
    return "config", "", good | data


def trap(*, is_refused: bool) -> dict[str, Any]:
    return {"key": "tokens", "line": 3, "type": "int", "is_refused": is_refused}


def variable(name: str = "NAME", **data: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    good: dict[str, Any] = {
        "name": name,
        "is_set": True,
        "is_empty": False,
        "has_default": True,
    }
    return good | data


def git(about: str = "config", **data: Any) -> Seen:  # noqa: ANN401 - JSON
    return (
        "git",
        about,
        {"is_in_tree": True, "is_tracked": False, "is_ignored": None} | data,
    )


def pkce(**data: Any) -> Seen:  # noqa: ANN401 - JSON
    good: dict[str, Any] = {
        "method": "S256",
        "is_hex_sha256": True,
        "verifier_length": 86,
    }
    return "pkce", "", good | {"is_unreserved": True} | data


def media(**data: Any) -> Seen:  # noqa: ANN401 - JSON
    good: dict[str, Any] = {"is_there": True, "is_folder": True, "is_readable": True}
    good |= {"links_outside": 0, "broken_links": 0, "is_complete": True}
    return "media_root", "", good | data


def ledger(*modes: str) -> Seen:
    return "ledger_file", "", {"is_there": True, "opens": True, "modes": list(modes)}


BROKEN: dict[str, Any] = {"is_broken": True, "error": "vault: no"}
DOWN: dict[str, Any] = {"status": "failed", "words": "no answer"}
INVALID: dict[str, Any] = {"is_valid": False}

TABLE: list[tuple[str, list[Seen], list[str]]] = [
    ("env.python", [python()], ["pass:supported"]),
    ("env.python", [python(version=[3, 10, 9])], ["fail:too-old"]),
    ("env.python", [python(version=[3, 11, 0])], ["pass:supported"]),
    ("env.python", [python(is_utf8=False)], ["fail:no-utf8"]),
    ("env.python", [python(has_time_zones=False)], ["warn:no-time-zones"]),
    ("env.versions", [package()], ["pass:new-enough"]),
    ("env.versions", [package(is_too_old=True)], ["warn:too-old:vcrpy"]),
    ("env.disk", [disk()], ["pass:room:ledger"]),
    ("env.disk", [disk(free_inodes=None)], ["pass:room:ledger"]),
    ("env.disk", [disk(free_bytes=256 * 10**6)], ["pass:room:ledger"]),
    ("env.disk", [disk(free_inodes=1000)], ["pass:room:ledger"]),
    ("env.disk", [disk(free_bytes=10**8)], ["warn:little-room:ledger"]),
    ("env.disk", [disk(free_inodes=999)], ["warn:few-inodes:ledger"]),
    ("env.readonly", [folder()], ["pass:writable:tokens"]),
    (
        "env.readonly",
        [folder(is_written=False, errno="EROFS")],
        ["fail:not-writable:tokens"],
    ),
    (
        "env.readonly",
        [folder(is_written=False, errno="EIO")],
        ["fail:not-writable:tokens"],
    ),
    ("plug.load", [plugin()], ["pass:loaded:vault"]),
    ("plug.load", [plugin(**BROKEN)], ["fail:broken:vault"]),
    ("plug.load", [plugin(is_needed=False, **BROKEN)], ["warn:broken:vault"]),
    ("plug.load", [plugin(shares=["file"])], ["warn:same-scheme:vault"]),
    ("plug.health", [health()], ["pass:healthy"]),
    ("plug.health", [health(status="unknown")], ["skipped:does-not-tell"]),
    ("plug.health", [health(**DOWN)], ["fail:failed"]),
    ("plug.health", [health(**DOWN, hint="start it")], ["fail:failed"]),
    ("plug.health", [health("notify[0].to", **DOWN)], ["warn:failed:notify[0].to"]),
    (
        "plug.health",
        [health("notify[0].to", **DOWN, plugin=None)],
        ["fail:failed:notify[0].to"],
    ),
    ("plug.health", [health(**DOWN, plugin=None), plugin(**BROKEN)], []),
    ("plug.health", [health(**DOWN), plugin(**BROKEN)], ["fail:failed"]),
    ("plug.secrets_hook", [plugin()], ["pass:tells:vault"]),
    ("plug.secrets_hook", [plugin(tells_secrets=False)], ["warn:silent:vault"]),
    ("plug.secrets_hook", [plugin(opens_with_secrets=False)], []),
    ("plug.secrets_hook", [plugin(**BROKEN)], []),
    ("cfg.found", [config()], ["pass:found"]),
    ("cfg.found", [config(is_there=False)], ["fail:missing"]),
    ("cfg.schema", [config()], ["pass:valid"]),
    ("cfg.schema", [config(**INVALID, problems=["line 3: no"])], ["fail:invalid"]),
    ("cfg.schema", [config(**INVALID, traps=[trap(is_refused=True)])], []),
    ("cfg.schema", [config(**INVALID, redirect_problem="no")], []),
    ("cfg.schema", [config(**INVALID, is_there=False)], []),
    ("cfg.yaml_traps", [config()], ["pass:clear"]),
    ("cfg.yaml_traps", [config(**INVALID)], []),
    (
        "cfg.yaml_traps",
        [config(**INVALID, traps=[trap(is_refused=True)])],
        ["fail:not-text"],
    ),
    ("cfg.yaml_traps", [config(traps=[trap(is_refused=False)])], ["warn:ambiguous"]),
    ("cfg.redirect_uri", [config()], ["pass:fits"]),
    ("cfg.redirect_uri", [config(redirect_uri=None)], []),
    (
        "cfg.redirect_uri",
        [config(**INVALID, redirect_problem="no")],
        ["fail:against-the-rules"],
    ),
    ("cfg.base_url", [config()], ["pass:production"]),
    ("cfg.base_url", [config(base_url_is_https=False)], ["fail:no-tls"]),
    (
        "cfg.base_url",
        [config(base_url_is="loopback", base_url_is_https=False)],
        ["pass:loopback"],
    ),
    ("cfg.base_url", [config(base_url_is="other")], ["warn:stand-in"]),
    (
        "cfg.base_url",
        [config(base_url_is="other", base_url_is_https=False)],
        ["fail:no-tls"],
    ),
    ("cfg.base_url", [config(**INVALID)], []),
    ("cfg.inline_secret", [config()], ["pass:from-outside"]),
    ("cfg.inline_secret", [config(inline=["ledger"])], ["warn:inline"]),
    ("cfg.inline_secret", [config(inline=["ledger"]), git()], ["warn:inline"]),
    (
        "cfg.inline_secret",
        [config(inline=["ledger"]), git(is_tracked=None)],
        ["warn:inline"],
    ),
    (
        "cfg.inline_secret",
        [config(inline=["ledger"]), git(is_tracked=True)],
        ["warn:tracked"],
    ),
    (
        "cfg.inline_secret",
        [config(inline=["ledger"], base_url_is="loopback")],
        ["pass:stand-in"],
    ),
    ("cfg.env_shadow", [config()], ["pass:as-written"]),
    ("cfg.env_shadow", [config(variables=[variable()])], ["pass:as-written"]),
    (
        "cfg.env_shadow",
        [config(variables=[variable(is_empty=True)])],
        ["warn:empty-variable"],
    ),
    (
        "cfg.env_shadow",
        [config(variables=[variable(is_empty=True, has_default=False)])],
        ["pass:as-written"],
    ),
    ("cfg.env_shadow", [config(is_shadowing=True)], ["warn:another-file"]),
    ("cfg.env_shadow", [config(is_there=False)], []),
    ("cfg.pkce", [pkce()], ["pass:hex"]),
    ("cfg.pkce", [pkce(is_hex_sha256=False)], ["fail:wrong-challenge"]),
    ("cfg.pkce", [pkce(verifier_length=43)], ["pass:hex"]),
    ("cfg.pkce", [pkce(verifier_length=128)], ["pass:hex"]),
    ("cfg.pkce", [pkce(verifier_length=42)], ["fail:wrong-challenge"]),
    ("cfg.pkce", [pkce(verifier_length=129)], ["fail:wrong-challenge"]),
    ("cfg.pkce", [pkce(is_unreserved=False)], ["fail:wrong-challenge"]),
    ("cfg.pkce", [pkce(method="plain")], ["fail:wrong-challenge"]),
    ("cfg.scopes", [config()], ["pass:enough"]),
    ("cfg.scopes", [config(scopes=["user.info.basic"])], ["fail:nothing-to-post"]),
    ("cfg.scopes", [config(scopes=["video.upload"])], ["pass:enough"]),
    (
        "cfg.scopes",
        [config(scopes=["video.upload"]), ledger("direct")],
        ["fail:missing"],
    ),
    ("cfg.scopes", [config(scopes=["video.upload"]), ledger("inbox")], ["pass:enough"]),
    (
        "cfg.scopes",
        [config(scopes=["video.publish"], on_unaudited="inbox")],
        ["fail:missing"],
    ),
    (
        "cfg.scopes",
        [config(scopes=["video.publish"]), ledger("inbox")],
        ["fail:missing"],
    ),
    ("cfg.media_root", [media()], ["pass:inside"]),
    ("cfg.media_root", [media(is_there=False, is_folder=False)], ["warn:missing"]),
    ("cfg.media_root", [media(is_folder=False)], ["fail:unusable"]),
    ("cfg.media_root", [media(is_readable=False)], ["fail:unusable"]),
    ("cfg.media_root", [media(links_outside=1)], ["warn:leads-outside"]),
    ("cfg.media_root", [media(broken_links=1)], ["warn:broken-links"]),
    ("cfg.media_root", [media(is_complete=False)], ["pass:large"]),
]


@pytest.mark.parametrize(("check", "seen", "expected"), TABLE)
def test_a_check_judges_what_was_seen(
    check: str, seen: list[Seen], expected: list[str]
) -> None:
    assert said(judge(check, *seen)) == expected


def test_no_check_passes_or_fails_without_a_fact() -> None:
    topics = ("env", "plug", "cfg", "key", "store", "ledger", "log")
    ids = [one for one in CHECKS if one.partition(".")[0] in topics]

    assert len(ids) >= 30
    assert [one for one in ids if judge(one)] == []


@pytest.mark.parametrize(
    ("check", "seen", "words"),
    [
        ("env.readonly", folder(is_written=False, errno="ENOSPC"), "Make room there"),
        (
            "env.readonly",
            folder(is_written=False, errno="EROFS"),
            "is read-only (EROFS)",
        ),
        ("env.readonly", folder(is_written=False, errno="EROFS"), "another place"),
        ("plug.health", health(**DOWN, hint="start it"), "start it"),
        ("plug.health", health(**DOWN), "Repair what `tokens` names"),
        ("cfg.found", config(variables=[variable("ONE")]), "environment: ONE"),
        ("cfg.found", config(variables=[variable("ONE", is_set=False)]), "it is there"),
        ("cfg.env_shadow", config(variables=[variable("ONE")]), "replaces: ONE"),
        (
            "cfg.env_shadow",
            config(variables=[variable("ONE", has_default=False)]),
            "replaces: none",
        ),
        ("cfg.media_root", media(is_folder=False), "is no folder"),
        ("cfg.media_root", media(is_readable=False), "cannot be read"),
    ],
)
def test_a_finding_says_what_is_wrong_and_what_to_do(
    check: str, seen: Seen, words: str
) -> None:
    (found,) = judge(check, seen)

    assert words in f"{found.says} {found.remedy and found.remedy.text}"


def test_what_the_ledger_says_of_the_scopes_is_among_the_evidence() -> None:
    (alone,) = judge("cfg.scopes", config())
    (both,) = judge("cfg.scopes", config(), ledger("direct"))

    assert (len(alone.evidence), len(both.evidence)) == (1, 2)
