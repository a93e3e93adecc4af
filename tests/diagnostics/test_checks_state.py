"""Facts in, finding out: keys, what is kept on this machine, the ledger and logs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.diagnostics.judging import DAY, NOW, Seen, judge, said


def ring(**data: Any) -> Seen:  # noqa: ANN401 - JSON
    good = {"source": "file", "is_there": True, "is_readable": True, "accounts": 2}
    return "key_ring", "", good | {"changed_at": NOW - DAY} | data


def key(key_id: str = "aa", **data: Any) -> Seen:  # noqa: ANN401 - JSON
    good = {"key_id": key_id, "seals": True, "is_held": True, "accounts": 2}
    return "key", "", good | data


def kept(about: str = "tokens", **data: Any) -> Seen:  # noqa: ANN401 - JSON
    kind = "folder" if about == "tokens" else "file"
    good = {"type": kind, "mode": 0o700, "is_exposed": False, "is_mine": True}
    return "kept", about, good | {"is_below_link": False} | data


def records(**data: Any) -> Seen:  # noqa: ANN401 - JSON
    good = {"files": 3, "exposed": 0, "not_mine": 0, "not_files": 0, "linked": 0}
    return "records", "tokens", good | data


def leftovers(**data: Any) -> Seen:  # noqa: ANN401 - JSON
    return "leftovers", "", {"drafts": 0, "backups": 0, "damaged": 0} | data


def git(about: str = "tokens", **data: Any) -> Seen:  # noqa: ANN401 - JSON
    good = {"is_in_tree": True, "is_tracked": False, "is_ignored": True}
    return "git", about, good | data


def flock(about: str = "tokens", **data: Any) -> Seen:  # noqa: ANN401 - JSON
    return "flock", about, {"file_system": "ext4", "is_network": False} | data


def locks(*pids: int) -> Seen:
    return "locks", "tokens", {"held": len(pids), "pids": list(pids)}


def ledger(**data: Any) -> Seen:  # noqa: ANN401 - JSON
    good: dict[str, Any] = {
        "is_there": True,
        "is_sqlite": True,
        "is_sound": True,
        "faults": 0,
    }
    good |= {"opens": True, "says": "", "modes": [], "unknown": 0}
    return "ledger_file", "", good | data


def post(name: str, age: float) -> Seen:
    data = {"account": "acme", "id": name, "age": age, "mode": "direct"}
    return "unsettled", f"acme/{name}", data | {"has_publish_id": False}


def handler(**data: Any) -> Seen:  # noqa: ANN401 - JSON
    return "handler", "StreamHandler", {"is_covered": True, "leaks": False} | data


def talker(**data: Any) -> Seen:  # noqa: ANN401 - JSON
    return "talker", "httpx", {"is_talking": True, "reaches_open": False} | data


def log_file(**data: Any) -> Seen:  # noqa: ANN401 - JSON
    good = {"mode": 0o600, "is_exposed": False, "is_mine": True, "rotates": True}
    return "log_file", "1", good | data


def log_scan(**data: Any) -> Seen:  # noqa: ANN401 - JSON
    return "log_scan", "1", {"lines": 9, "hits": [], "is_whole": True} | data


NO_RING: dict[str, Any] = {"is_there": False, "is_readable": False}
OLD_KEY: dict[str, Any] = {"seals": False}
LINK: dict[str, Any] = {"type": "link", "is_exposed": True}

TABLE: list[tuple[str, list[Seen], list[str]]] = [
    ("key.present", [ring(), key()], ["pass:complete"]),
    ("key.present", [ring(), key(is_held=False)], ["fail:missing"]),
    (
        "key.present",
        [ring(), key(is_held=False, accounts=0), key("bb")],
        ["pass:complete"],
    ),
    ("key.present", [ring(**NO_RING)], ["fail:no-ring"]),
    ("key.present", [ring(**NO_RING, accounts=0)], []),
    ("key.present", [ring(**NO_RING, accounts=None)], []),
    ("key.present", [ring(**NO_RING, accounts=0, source="env")], ["fail:no-ring"]),
    ("key.present", [ring(is_readable=False, accounts=0)], ["fail:no-ring"]),
    ("key.present", [ring()], []),
    ("key.age", [ring()], ["pass:young"]),
    ("key.age", [ring(changed_at=NOW + DAY)], ["pass:young"]),
    ("key.age", [ring(changed_at=NOW - 365 * DAY)], ["pass:young"]),
    ("key.age", [ring(changed_at=NOW - 366 * DAY)], ["warn:old"]),
    ("key.age", [ring(changed_at=None)], []),
    ("key.age", [ring(is_readable=False)], []),
    ("key.old_versions", [key()], ["pass:newest"]),
    ("key.old_versions", [key("old", **OLD_KEY), key()], ["warn:older-key"]),
    ("key.old_versions", [key("old", **OLD_KEY, accounts=0), key()], ["pass:newest"]),
    ("key.old_versions", [key("gone", **OLD_KEY, is_held=False)], []),
    ("store.mode", [kept(), kept("keys"), records()], ["pass:private"]),
    ("store.mode", [kept(is_exposed=True), records()], ["fail:exposed"]),
    ("store.mode", [kept("ledger", is_exposed=True)], ["fail:exposed"]),
    ("store.mode", [kept(), records(exposed=1)], ["fail:exposed"]),
    ("store.mode", [kept(is_mine=False)], ["fail:not-mine"]),
    ("store.mode", [kept(), records(not_mine=1)], ["fail:not-mine"]),
    ("store.mode", [kept(**LINK)], ["pass:private"]),
    ("store.symlink", [kept(), kept("keys"), kept("ledger")], ["pass:no-link"]),
    ("store.symlink", [kept(**LINK)], ["fail:link"]),
    ("store.symlink", [kept(type="file")], ["fail:link"]),
    ("store.symlink", [kept("keys", **LINK)], ["fail:link"]),
    ("store.symlink", [kept("keys", type="other")], ["fail:link"]),
    ("store.symlink", [kept("ledger", **LINK)], ["pass:no-link"]),
    ("store.symlink", [kept(is_below_link=True)], ["warn:below-link"]),
    ("store.symlink", [kept(), records(not_files=1)], ["warn:strange-entry"]),
    ("store.symlink", [kept(), records(not_files=1, links=1)], ["fail:link"]),
    ("store.symlink", [kept(), records(linked=1)], ["warn:linked"]),
    ("store.leftovers", [leftovers()], ["pass:tidy"]),
    ("store.leftovers", [leftovers(drafts=1)], ["warn:left"]),
    ("store.leftovers", [leftovers(backups=1)], ["warn:left"]),
    ("store.leftovers", [leftovers(damaged=1)], ["warn:left"]),
    ("store.git", [git()], ["pass:outside"]),
    ("store.git", [git(is_in_tree=False, is_ignored=None)], ["pass:outside"]),
    ("store.git", [git(is_ignored=False)], ["warn:not-ignored"]),
    ("store.git", [git(is_tracked=True)], ["warn:tracked"]),
    ("store.git", [git(is_tracked=None, is_ignored=None)], []),
    ("store.git", [git("config", is_tracked=True)], []),
    ("store.fs", [flock(excludes=True)], ["pass:excludes:tokens"]),
    ("store.fs", [flock(excludes=False)], ["fail:no-locks:tokens"]),
    ("store.fs", [flock(excludes=None)], []),
    ("store.fs", [flock(excludes=True, is_network=True)], ["warn:network:tokens"]),
    ("store.fs", [flock("ledger", is_network=True)], ["warn:network:ledger"]),
    ("store.fs", [flock("ledger")], []),
    ("store.lock", [locks()], ["pass:free:tokens"]),
    ("store.lock", [locks(17, 4)], ["warn:held:tokens"]),
    ("ledger.integrity", [ledger()], ["pass:sound"]),
    ("ledger.integrity", [ledger(is_sound=None)], ["pass:opens"]),
    ("ledger.integrity", [ledger(is_sound=False, opens=False)], ["fail:damaged"]),
    ("ledger.integrity", [ledger(is_sound=False)], ["fail:damaged"]),
    ("ledger.integrity", [ledger(opens=False, says="no")], ["fail:does-not-open"]),
    ("ledger.integrity", [ledger(is_there=False, opens=False)], []),
    ("ledger.unknown", [ledger()], ["pass:settled"]),
    ("ledger.unknown", [ledger(unknown=1), post("one", 9)], ["fail:unknown"]),
    ("ledger.unknown", [ledger(unknown=1)], ["fail:unknown"]),
    ("ledger.unknown", [ledger(opens=False)], []),
    ("log.selftest", [handler()], ["pass:hidden"]),
    ("log.selftest", [handler(is_covered=False)], ["pass:hidden"]),
    ("log.selftest", [handler(leaks=True)], ["fail:leaks"]),
    ("log.selftest", [handler(leaks=True, is_covered=False)], ["warn:not-covered"]),
    ("log.third_party", [talker()], ["pass:quiet"]),
    ("log.third_party", [talker(is_talking=False, reaches_open=True)], ["pass:quiet"]),
    ("log.third_party", [talker(reaches_open=True)], ["fail:loud"]),
    ("log.mode", [log_file()], ["pass:private:1"]),
    ("log.mode", [log_file(is_exposed=True)], ["warn:exposed:1"]),
    ("log.mode", [log_file(rotates=False)], ["warn:not-rotated:1"]),
    ("log.scan", [log_scan()], ["pass:clean:1"]),
    ("log.scan", [log_scan(hits=[3])], ["fail:shows-secret:1"]),
    ("log.scan", [log_scan(lines=0)], []),
]


@pytest.mark.parametrize(("check", "seen", "expected"), TABLE)
def test_a_check_judges_what_was_seen(
    check: str, seen: list[Seen], expected: list[str]
) -> None:
    assert said(judge(check, *seen)) == expected


def test_each_unknown_post_has_its_settling_step_the_oldest_first() -> None:
    (found,) = judge("ledger.unknown", ledger(unknown=2), post("b", 5), post("a", 90))

    first, second = "posts settle a --account acme", "posts settle b --account acme"
    assert found.says.index(first) < found.says.index(second)
    assert found.remedy
    assert first in (found.remedy.command or "")


def test_a_hard_link_elsewhere_is_only_suspicious() -> None:
    (found,) = judge("store.symlink", kept(), records(linked=1))

    assert found.certainty == "probable"


SPARE = [key("old", **OLD_KEY, accounts=0), key()]


@pytest.mark.parametrize(
    ("check", "seen", "words"),
    [
        ("key.old_versions", SPARE, "1 older keys may be retired"),
        ("key.present", [ring(**NO_RING)], "is not there"),
        ("key.present", [ring(is_readable=False)], "cannot be read"),
        ("store.fs", [flock("ledger", is_network=True)], "the ledger is on"),
        ("store.fs", [flock(is_network=True)], "the tokens are on"),
    ],
)
def test_a_finding_says_what_is_wrong(check: str, seen: list[Seen], words: str) -> None:
    (found,) = judge(check, *seen)

    assert words in found.says


def test_a_key_that_seals_is_never_called_spare() -> None:
    (found,) = judge("key.old_versions", key())

    assert "retired" not in found.says
