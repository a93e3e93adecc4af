"""What the collectors of this machine see, under real conditions."""

from __future__ import annotations

import errno
import fcntl
import io
import logging
import logging.handlers
import os
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tiktok_bridge import (
    AppSettings,
    BridgeError,
    Notify,
    Redaction,
    Secret,
    Settings,
    host,
)
from tiktok_bridge_diagnostics import places, scalars
from tiktok_bridge_diagnostics.collectors import (
    config,
    environment,
    flock,
    git,
    health,
    log_handlers,
    log_scan,
    media_root,
    pkce,
    plugins,
    store,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Collector, Fact, Visit

SECRET = "the-secret-of-this-very-app"  # noqa: S105 - made up

Data = dict[str, Any]


def visit_of(folder: Path, **settings: Any) -> Visit:  # noqa: ANN401 - of `Settings`
    app = AppSettings(client_key="key", client_secret=Secret(SECRET))
    visit: Any = SimpleNamespace(
        config=folder / "bridge.yaml",
        settings=Settings(app=app, folder=folder, **settings),
        host=host.load(),
        inspection=None,
        environ={},
    )
    return visit  # type: ignore[no-any-return] # these collectors ask for no more


def collected(collector: Collector, visit: Visit) -> dict[tuple[str, str], Data]:
    found: list[Fact] = list(collector.collect(visit))
    return {(one.kind, one.about): dict(one.data) for one in found}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    (folder / "tokens").mkdir(parents=True, mode=0o700)
    return folder


def test_nothing_is_collected_without_settings(tmp_path: Path) -> None:
    visit: Any = visit_of(tmp_path)
    visit.settings = None

    for one in (flock.FLOCK, health.HEALTH, log_scan.LOG_SCAN, media_root.MEDIA_ROOT):
        assert collected(one, visit) == {}
    assert set(collected(store.STORE, visit)) == set()
    assert ("disk", "temp") in collected(environment.ENVIRONMENT, visit)


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    found = collected(environment.ENVIRONMENT, visit_of(tmp_path))

    assert found["folder", "tokens"] == {
        "is_there": False,
        "is_written": True,
        "errno": None,
    }
    assert list(tmp_path.iterdir()) == []


def test_a_probe_tells_why_a_folder_cannot_be_written(tmp_path: Path) -> None:
    visit = visit_of(tmp_path, tokens="file:///proc/self")

    found = collected(environment.ENVIRONMENT, visit)["folder", "tokens"]

    assert found["is_there"]
    assert not found["is_written"]
    assert found["errno"] in ("EACCES", "ENOENT", "EPERM")


def test_a_probe_of_a_folder_leaves_nothing(state: Path, tmp_path: Path) -> None:
    found = collected(environment.ENVIRONMENT, visit_of(tmp_path))

    assert found["folder", "tokens"]["is_written"]
    assert list((state / "tokens").iterdir()) == []


def test_a_probe_that_fails_half_way_leaves_nothing(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "fsync", full)

    found = collected(environment.ENVIRONMENT, visit_of(tmp_path))["folder", "tokens"]

    assert found == {"is_there": True, "is_written": False, "errno": "ENOSPC"}
    assert list((state / "tokens").iterdir()) == []


def test_a_probe_is_for_this_user_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path, descriptor = places.probe(tmp_path)
    finally:
        os.umask(before)
    os.close(descriptor)

    assert path.stat().st_mode & 0o777 == 0o600


def test_the_highest_floor_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(environment.FLOORS, "vcrpy", "10.0")  # we need 8.2.1

    found = collected(environment.ENVIRONMENT, visit_of(Path("/nonexistent")))

    assert found["package", "vcrpy"]["floor"] == "10.0"


def test_packages_are_compared_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(environment.FLOORS, "pytest", "1000.0")
    visit = visit_of(Path("/nonexistent"))

    found = collected(environment.ENVIRONMENT, visit)

    assert found["package", "pytest"]["is_too_old"]
    assert not found["package", "vcrpy"]["is_too_old"]
    assert ("package", "no-such-package") not in found
    assert ("package", "click") in found


def test_another_process_is_kept_out_by_a_lock(state: Path, tmp_path: Path) -> None:
    found = collected(flock.FLOCK, visit_of(tmp_path))

    assert found["flock", "tokens"]["excludes"] is True
    assert found["flock", "tokens"]["is_network"] is False
    assert found["flock", "ledger"]["is_network"] is False
    assert list((state / "tokens").iterdir()) == []


def test_a_process_that_gets_the_lock_as_well_is_noticed(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flock, "TRY", "")  # as where flock does nothing

    found = collected(flock.FLOCK, visit_of(tmp_path))

    assert list((state / "tokens").iterdir()) == []
    assert found["flock", "tokens"]["excludes"] is False


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="only Linux tells")
def test_a_lock_that_stays_held_is_seen_with_its_holder(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flock, "PAUSE", 0.01)
    ours, other = state / "tokens/acme.lock", tmp_path / "other.lock"
    with ours.open("w") as file, other.open("w") as stranger:
        fcntl.flock(stranger, fcntl.LOCK_EX)
        free = collected(flock.FLOCK, visit_of(tmp_path))
        fcntl.flock(file, fcntl.LOCK_EX)
        held = collected(flock.FLOCK, visit_of(tmp_path))

    assert free["locks", "tokens"] == {"held": 0, "pids": []}
    assert held["locks", "tokens"] == {"held": 1, "pids": [os.getpid()]}


def test_what_others_may_do_and_what_lies_about_is_counted(
    state: Path, tmp_path: Path
) -> None:
    tokens = state / "tokens"
    for name in ("a.record", "b.record", "c.record.0123456789abcdef.tmp", "a.record~"):
        (tokens / name).touch(0o600)
    (tokens / "b.record").chmod(0o640)
    (tokens / "a.prev").hardlink_to(tokens / "a.record")
    (tmp_path / "copy").hardlink_to(tokens / "b.record")
    (tokens / "link").symlink_to("a.record")
    (tokens / ".doctor-1").touch(0o644)
    os.utime(tokens / "c.record.0123456789abcdef.tmp", (1, 1))
    (state / ".keys.json.new").touch(0o600)
    (state / "keys.json.bak").touch(0o600)
    (state / "notes.bak").touch(0o600)

    found = collected(store.STORE, visit_of(tmp_path))

    assert found["records", "tokens"] == {
        "files": 5,
        "exposed": 1,
        "not_mine": 0,
        "not_files": 1,
        "links": 1,
        "linked": 1,
    }
    assert found["leftovers", ""] == {"drafts": 1, "backups": 2, "damaged": 0}
    assert found["kept", "tokens"]["type"] == "folder"
    assert ("kept", "keys") not in found


def test_links_are_followed_before_it_is_decided_where_they_lead(
    tmp_path: Path,
) -> None:
    media = tmp_path / "media"
    (media / "below").mkdir(parents=True)
    (media / "inside").symlink_to("below")
    (media / "outside").symlink_to("../elsewhere")
    (tmp_path / "elsewhere").touch()
    (media / "below/broken").symlink_to("nowhere")

    found = collected(media_root.MEDIA_ROOT, visit_of(tmp_path))["media_root", ""]

    assert (found["links_outside"], found["broken_links"]) == (1, 1)
    assert found["is_complete"]


def test_a_large_media_folder_is_not_looked_through_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media_root, "MOST", 1)
    (tmp_path / "media").mkdir()
    for name in ("a", "b"):
        (tmp_path / "media" / name).touch()

    found = collected(media_root.MEDIA_ROOT, visit_of(tmp_path))["media_root", ""]

    assert not found["is_complete"]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    program = shutil.which("git") or pytest.skip("there is no git")
    subprocess.run([program, "init", "-q"], cwd=tmp_path, check=True)  # noqa: S603 - fixed
    for name in ("bridge.yaml", "state/keys.json", "state/tokens/a.record"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).touch()
    (tmp_path / ".gitignore").write_text("/state/tokens/\n")
    add = [program, "add", "bridge.yaml"]
    subprocess.run(add, cwd=tmp_path, check=True)  # noqa: S603 - fixed
    return tmp_path


def test_git_tells_what_it_tracks_and_what_it_ignores(tree: Path) -> None:
    found = collected(git.GIT, visit_of(tree))

    told = {
        about: (one["is_tracked"], one["is_ignored"])
        for (_, about), one in found.items()
    }
    assert told == {
        "config": (True, False),
        "keys": (False, False),
        "tokens": (False, True),
    }


def test_without_git_nothing_is_known_of_a_tree(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")

    found = collected(git.GIT, visit_of(tree))["git", "config"]

    assert (found["is_in_tree"], found["is_tracked"]) == (True, None)


def test_git_runs_no_program_that_the_tree_names(tree: Path) -> None:
    program = tree / "monitor"
    program.write_text(f"#!/bin/sh\ntouch {tree}/ran\n")
    program.chmod(0o755)
    with (tree / ".git/config").open("a") as file:
        file.write(f"[core]\n\tfsmonitor = {program}\n")

    collected(git.GIT, visit_of(tree))

    assert not (tree / "ran").exists()


def test_outside_of_a_tree_nobody_asks_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    (tmp_path / "bridge.yaml").touch()

    found = collected(git.GIT, visit_of(tmp_path))["git", "config"]

    assert (found["is_in_tree"], found["is_tracked"]) == (False, False)


def yaml(tmp_path: Path, text: str) -> list[scalars.Scalar]:
    path = tmp_path / "file.yaml"
    path.write_text(text)
    return scalars.read(path)


def test_scalars_are_told_as_they_are_written(tmp_path: Path) -> None:
    found = yaml(
        tmp_path, 'a: NO\nb:\n- to: 12:30:00\n  x: "12"\n- 2026-01-01\nc: {d: 0123}\n'
    )

    assert [(one.key, one.line, one.type) for one in found] == [
        ("a", 1, "bool"),
        ("b[0].to", 3, "int"),
        ("b[0].x", 4, "str"),
        ("b[1]", 5, "timestamp"),
        ("c.d", 6, "int"),
    ]


@pytest.mark.parametrize("text", ["a: [", "a: &x 1\nb: *x", "\0", "", "a"])
def test_scalars_of_a_strange_file_raise_nothing(tmp_path: Path, text: str) -> None:
    assert len(yaml(tmp_path, text)) <= 2


def test_a_bomb_of_aliases_costs_nothing(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]

    assert len(yaml(tmp_path, "\n".join(lines))) == 1


def test_secrets_that_stand_in_the_file_are_told_by_their_key(tmp_path: Path) -> None:
    visit: Any = visit_of(tmp_path)
    visit.environ = {"EMPTY": "", "TIKTOK_BRIDGE_CONFIG": "elsewhere"}
    visit.config.write_text(
        "version: 1\napp: {client_key: k, client_secret: in-the-clear-1}\n"
        "ledger: postgresql://me:hunter22@db/x\ntokens: redis://:${PASSWORD}@h/0\n"
        "notify: [{to: '${EMPTY:-file:x}'}]\n"
    )

    found = collected(config.CONFIG, visit)["config", ""]

    assert found["inline"] == ["app.client_secret", "ledger"]
    assert [(one["name"], one["is_set"]) for one in found["variables"]] == [
        ("EMPTY", True),
        ("PASSWORD", False),
    ]
    assert found["variables"][0]["is_empty"]
    assert not found["is_valid"]
    assert not found["is_shadowing"]
    assert "in-the-clear-1" not in str(found)
    assert "hunter22" not in str(found)


def test_a_secret_from_the_environment_does_not_stand_in_the_file(
    tmp_path: Path,
) -> None:
    visit = visit_of(tmp_path)
    visit.config.write_text("app: {client_secret: '${SECRET}'}\n")

    assert collected(config.CONFIG, visit)["config", ""]["inline"] == []


def test_the_environment_may_name_another_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    (here / "bridge.yaml").touch()
    monkeypatch.chdir(here)
    visit: Any = visit_of(tmp_path)
    visit.config.touch()
    visit.environ = {"TIKTOK_BRIDGE_CONFIG": str(visit.config)}

    by_variable = collected(config.CONFIG, visit)["config", ""]["is_shadowing"]
    visit.environ = {"TIKTOK_BRIDGE_CONFIG": str(tmp_path / "third.yaml")}
    by_option = collected(config.CONFIG, visit)["config", ""]["is_shadowing"]

    assert (by_variable, by_option) == (True, False)


def test_a_login_would_prove_itself(tmp_path: Path) -> None:
    found = collected(pkce.PKCE, visit_of(tmp_path))["pkce", ""]

    assert found == {
        "method": "S256",
        "is_hex_sha256": True,
        "verifier_length": 86,
        "is_unreserved": True,
    }


class Broken:
    name = "redis"
    error = ImportError("no module")

    def __str__(self) -> str:
        return "redis: no module"


def test_a_broken_plugin_is_needed_if_a_url_is_its_own(tmp_path: Path) -> None:
    needed, spare = visit_of(tmp_path, tokens="rediss://x/0"), visit_of(tmp_path)
    for visit in (needed, spare):
        visit.host.plugins.unregister(name="redis")
        visit.host.broken.append(Broken())  # type: ignore[arg-type] # looks like one

    told = [
        collected(plugins.PLUGINS, one)["plugin", "redis"] for one in (needed, spare)
    ]

    assert [(one["is_broken"], one["is_needed"]) for one in told] == [
        (True, True),
        (True, False),
    ]


def test_two_plugins_for_one_scheme_are_told(tmp_path: Path) -> None:
    visit = visit_of(tmp_path)
    twin = SimpleNamespace(SCHEMES={"open_token_store": ["redis"]}, HOOK_VERSION=1)
    visit.host.plugins.register(twin, name="twin")

    found = collected(plugins.PLUGINS, visit)

    assert found["plugin", "redis"]["shares"] == ["twin"]
    assert found["plugin", "twin"]["tells_secrets"] is False
    assert found["plugin", "twin"]["opens_with_secrets"] is True
    assert found["plugin", "file"]["opens_with_secrets"] is False


def test_all_are_asked_for_their_health_at_once(tmp_path: Path) -> None:
    visit = visit_of(tmp_path, tokens="nowhere:x", notify=(Notify("file:events"),))

    found = collected(health.HEALTH, visit)

    assert found["health", ""]["status"] == "failed"
    assert found["health", ""]["plugin"] is None
    assert found["health", "notify[0].to"]["status"] == "ok"


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    logger = logging.getLogger("tests.collectors.machine")
    logger.propagate = False
    yield logger
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()


class Shouting(logging.StreamHandler):  # type: ignore[type-arg] # for a name of its own
    """A handler that these tests find again."""


def test_a_canary_goes_through_each_handler_and_into_no_log(
    tmp_path: Path, logger: logging.Logger
) -> None:
    shown = io.StringIO()
    handler = Shouting(shown)
    logger.addHandler(handler)
    open_ = collected(log_handlers.LOGGING, visit_of(tmp_path))["handler", "Shouting"]
    Redaction().put_on(handler)
    covered = collected(log_handlers.LOGGING, visit_of(tmp_path))["handler", "Shouting"]

    assert open_ == {"is_covered": False, "leaks": True}
    assert covered == {"is_covered": True, "leaks": False}
    assert shown.getvalue() == ""


class Chatty(logging.Formatter):
    """A formatter that goes behind the redaction."""

    seen: str = ""

    def remember(self, record: logging.LogRecord) -> bool:
        self.seen = str(record.args)
        return True

    def format(self, record: logging.LogRecord) -> str:
        return f"{super().format(record)} {self.seen}"


def test_a_formatter_that_remembers_what_it_should_not_is_noticed(
    tmp_path: Path, logger: logging.Logger
) -> None:
    handler, formatter = Shouting(io.StringIO()), Chatty()
    handler.setFormatter(formatter)
    handler.addFilter(formatter.remember)
    Redaction().put_on(handler)
    logger.addHandler(handler)

    found = collected(log_handlers.LOGGING, visit_of(tmp_path))["handler", "Shouting"]

    assert found == {"is_covered": True, "leaks": True}


def test_a_library_that_talks_into_the_open_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpx = logging.getLogger("httpx")
    handler = Shouting(io.StringIO())
    monkeypatch.setattr(httpx, "propagate", False)
    httpx.addHandler(handler)
    try:
        quiet = collected(log_handlers.LOGGING, visit_of(tmp_path))["talker", "httpx"]
        httpx.setLevel(logging.INFO)
        loud = collected(log_handlers.LOGGING, visit_of(tmp_path))["talker", "httpx"]
        Redaction().put_on(handler)
        covered = collected(log_handlers.LOGGING, visit_of(tmp_path))["talker", "httpx"]
    finally:
        httpx.removeHandler(handler)
        httpx.setLevel(logging.NOTSET)

    assert quiet == {"is_talking": False, "reaches_open": True}
    assert loud == {"is_talking": True, "reaches_open": True}
    assert covered == {"is_talking": True, "reaches_open": False}


@pytest.mark.parametrize("text", [SECRET, "dGhlLXNlY3JldC1vZi10aGlzLXZlcnktYXBw"])
def test_a_log_that_shows_a_secret_is_told_by_its_line(
    tmp_path: Path, logger: logging.Logger, text: str
) -> None:
    handler = logging.handlers.RotatingFileHandler(tmp_path / "log", maxBytes=10**6)
    logger.addHandler(handler)
    for line in ("first", f"seen: {text}", "third", "last"):
        logger.warning(line)
    visit = visit_of(tmp_path)
    (tmp_path / "log").chmod(0o640)

    scanned = collected(log_scan.LOG_SCAN, visit)
    looked = collected(log_handlers.LOGGING, visit)["log_file", "1"]

    assert scanned["log_scan", "1"] == {"lines": 4, "hits": [3], "is_whole": True}
    assert (looked["is_exposed"], looked["rotates"], looked["mode"]) == (
        True,
        True,
        0o640,
    )


class Records:
    """A vault whose records hold tokens, or cannot be read."""

    def accounts(self) -> list[str]:
        return ["acme", "torn"]

    def peek(self, account: str) -> object:
        if account == "torn":
            raise BridgeError("it is damaged")
        return 1, SimpleNamespace(
            access_token=Secret("act.0123456789abcdef"),
            refresh_token=Secret("rft.fedcba9876543210"),
        )


@pytest.mark.parametrize("text", ["act.0123456789abcdef", "rft.fedcba9876543210"])
def test_tokens_are_searched_in_logs_too(
    tmp_path: Path, logger: logging.Logger, text: str
) -> None:
    logger.addHandler(logging.FileHandler(tmp_path / "log"))
    logger.warning("the last line: %s", text)
    visit: Any = visit_of(tmp_path)
    visit.inspection = SimpleNamespace(vault=Records())

    found = collected(log_scan.LOG_SCAN, visit)["log_scan", "1"]

    assert found["hits"] == [1]
