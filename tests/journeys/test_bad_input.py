"""Each mistake: one clear message with file, line and key; status 2; nothing sent."""

from __future__ import annotations

import os
import sys
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from tiktok_bridge import cli, hookimpl, host

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.conftest import Studio

GOOD = """\
version: 1
defaults: {account: acme}
posts:
  - id: one
    video: clip.mp4
    title: Hello
    privacy: SELF_ONLY
"""

POSTS = {
    "unknown key": ("title:", "titel:", 6, "posts[0].titel", "did you mean `title`?"),
    "missing privacy": (
        "    privacy: SELF_ONLY\n",
        "",
        4,
        "posts[0].privacy",
        "`privacy` is missing",
    ),
    "privacy in defaults": (
        "{account: acme}",
        "{account: acme, privacy: SELF_ONLY}",
        2,
        "defaults.privacy",
        "privacy cannot have a default",
    ),
    "unknown privacy": (
        "SELF_ONLY",
        "PRIVATE",
        7,
        "posts[0].privacy",
        '"PRIVATE" is not one of',
    ),
    "unknown account": (
        "account: acme",
        "account: acne",
        2,
        "defaults.account",
        "unknown account 'acne'; with a token are: acme",
    ),
    "no account": (
        "defaults: {account: acme}\n",
        "",
        3,
        "posts[0].account",
        "`account` is missing",
    ),
    "duplicate id": (
        "  - id: one\n",
        "  - {id: one, video: clip.mp4, privacy: SELF_ONLY}\n  - id: one\n",
        5,
        "posts[1].id",
        "stands twice (first on line 4)",
    ),
    "duplicate key": (
        "title: Hello",
        "title: Hello\n    title: Hi",
        7,
        "posts[0].title",
        "the key `title` stands twice (first on line 6)",
    ),
    "anchor": ("title: Hello", "title: &a Hello", 6, "posts[0].title", "an anchor"),
    "alias": ("title: Hello", "title: *a", 6, "posts[0].title", "an alias"),
    "tag": ("title: Hello", "title: !!str Hello", 6, "posts[0].title", "a tag (!)"),
    "tab": ("    title:", "\ttitle:", 6, "posts[0].video", "a tab indents this line"),
    "no such day": (
        "title: Hello",
        "title: 2026-02-30",
        6,
        "posts[0].title",
        "there is no such day",
    ),
    "long title": (
        "title: Hello",
        f"title: {'🌷' * 1101}",
        6,
        "posts[0].title",
        "has 2202 UTF-16 units; TikTok takes at most 2200",
    ),
    "number for text": ("id: one", "id: 1", 4, "posts[0].id", "write it in quotes"),
    "branded and private": (
        "privacy:",
        "disclose: {branded_content: true}\n    privacy:",
        7,
        "posts[0].disclose.branded_content",
        "branded content cannot be SELF_ONLY",
    ),
    "outside": ("clip.mp4", "../bridge.yaml", 5, "posts[0].video", "outside of media"),
    "link to outside": (
        "clip.mp4",
        "link.mp4",
        5,
        "posts[0].video",
        "outside of media",
    ),
    "link to folder outside": (
        "clip.mp4",
        "linked/bridge.yaml",
        5,
        "posts[0].video",
        "outside of media_root",
    ),
    "absolute": (
        "clip.mp4",
        "/etc/passwd",
        5,
        "posts[0].video",
        "outside of media_root",
    ),
    "missing": ("clip.mp4", "no.mp4", 5, "posts[0].video", "no such file"),
    "empty": ("clip.mp4", "empty.mp4", 5, "posts[0].video", "is empty"),
    "folder": ("clip.mp4", "folder", 5, "posts[0].video", "is a folder"),
    "pipe": ("clip.mp4", "pipe.mp4", 5, "posts[0].video", "pipe"),
    "text": ("clip.mp4", "text.mp4", 5, "posts[0].video", "is no MP4, MOV or WebM"),
    "NUL": ("clip.mp4", r'"a\0b.mp4"', 5, "posts[0].video", "holds a NUL"),
    "gs": (
        "clip.mp4",
        "gs://bucket/a.mp4",
        5,
        "posts[0].video",
        "no installed plugin opens gs:",
    ),
    "redis": (
        "clip.mp4",
        "rediss://host/a",
        5,
        "posts[0].video",
        "a rediss: URL has to name one key: ?key=NAME",
    ),
    "unknown scheme": (
        "clip.mp4",
        "gopher://host/a.mp4",
        5,
        "posts[0].video",
        "install a plugin that implements open_media_source for gopher:",
    ),
}


@pytest.fixture
def media(studio: Studio) -> Path:
    media = studio.folder / "media"
    (media / "link.mp4").symlink_to(studio.folder / "bridge.yaml")
    (media / "linked").symlink_to(studio.folder)
    (media / "empty.mp4").touch()
    (media / "folder").mkdir()
    (media / "text.mp4").write_text("This is text, whatever my name says.\n" * 9)
    os.mkfifo(media / "pipe.mp4")
    return media


@pytest.mark.usefixtures("media")
@pytest.mark.parametrize("command", ["check", "publish"])
@pytest.mark.parametrize("mistake", POSTS.values(), ids=POSTS)
def test_a_mistake_in_the_posts_is_told_with_its_place(
    studio: Studio,
    mistake: tuple[str, str, int, str, str],
    command: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    right, wrong, line, key, message = mistake
    posts = studio.folder / "posts.yaml"
    assert right in GOOD
    posts.write_text(GOOD.replace(right, wrong, 1))
    capsys.readouterr()

    assert studio.run(command, str(posts)) == 2
    err = capsys.readouterr().err
    assert f"{posts}:{line}: {key}: " in err
    assert message in err
    assert err.count(f"{posts}:") == 1, "one message for one mistake"
    assert set(studio.sandbox.state()["calls"].values()) == {0}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_video_that_may_not_be_read_is_told(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    (studio.folder / "media" / "clip.mp4").chmod(0)

    assert studio.publish() == 2
    assert "posts[0].video" in capsys.readouterr().err


def test_the_text_of_this_table_is_good_before_it_is_spoiled(studio: Studio) -> None:
    posts = studio.folder / "posts.yaml"
    posts.write_text(GOOD)

    assert studio.run("check", str(posts)) == 0


CONFIG = {
    "unknown key": ("media_root:", "media_rot:", "media_rot", "did you mean"),
    "unset variable": (
        "client_secret: local-sandbox-secret",
        "client_secret: ${NO_SUCH_VARIABLE}",
        "app.client_secret",
        "${NO_SUCH_VARIABLE} is not set",
    ),
    "missing secret": (
        "  client_secret: local-sandbox-secret\n",
        "",
        "app.client_secret",
        "`client_secret` is missing",
    ),
    "wrong version": ("version: 1", "version: 2", "version", "2 is not 1"),
    "no URL": (
        "base_url: http",
        "base_url: htp",
        "api.base_url",
        "is not allowed here",
    ),
    "no port": (
        "base_url: http://127.0.0.1:",
        "base_url: http://127.0.0.1:x",
        "api.base_url",
        "is no address",
    ),
    "variable that does not end": (
        "client_key: ",
        "client_key: ${KEY",
        "app.client_key",
        "`${` starts no variable",
    ),
    "NUL": ("media_root: media", r'media_root: "a\0b"', "media_root", "holds a NUL"),
    "wrong choice": (
        "on_unaudited: fail",
        "on_unaudited: post",
        "on_unaudited",
        "inbox",
    ),
}


@pytest.mark.parametrize("mistake", CONFIG.values(), ids=CONFIG)
def test_a_mistake_in_the_settings_is_told_with_its_place(
    studio: Studio,
    mistake: tuple[str, str, str, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    old, new, key, message = mistake
    studio.configure(old, new)

    assert studio.publish() == 2
    err = capsys.readouterr().err
    assert f"{studio.folder / 'bridge.yaml'}:" in err
    assert f": {key}: " in err
    assert message in err
    assert set(studio.sandbox.state()["calls"].values()) == {0}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("tokens: file:state/tokens", "tokens: vault:x", "no installed plugin opens"),
        ("keys: file:state", "keys: http://state", "neither file:PATH nor env:NAME"),
        ("ledger: sqlite:///", "ledger: nosuch:///", "ledger:"),
        ("ledger.db", "ledger.db?timeout=soon", "ledger:"),
        ("sqlite:///state/ledger.db", "postgresql://u:p@h:abc/x", "ledger:"),
        ("sqlite:///state/ledger.db", "sqlite://", "forgets what was published"),
        ("sqlite:///state/ledger.db", '"sqlite:///:memory:"', "forgets what"),
        ("media_root: media", "media_root: nowhere", "the media folder"),
    ],
)
def test_a_place_that_nothing_opens_ends_with_2(
    studio: Studio,
    old: str,
    new: str,
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    studio.configure(old, new)

    assert studio.publish() == 2
    assert message in capsys.readouterr().err
    assert set(studio.sandbox.state()["calls"].values()) == {0}


@pytest.mark.parametrize("command", ["check", "publish"])
def test_a_missing_file_is_told(
    studio: Studio, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert studio.run(command, "no-such.yaml") == 2
    assert "no-such.yaml: no such file" in capsys.readouterr().err


@pytest.mark.parametrize("rubbish", [b"", b"\xff\xfe\x00", b"- " * 9999, b"[" * 9999])
def test_rubbish_is_refused_without_a_traceback(
    studio: Studio, rubbish: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (studio.folder / "posts.yaml").write_bytes(rubbish)

    assert studio.publish() == 2
    assert "posts.yaml" in capsys.readouterr().err


def test_a_broken_plugin_is_named_and_the_rest_works(
    studio: Studio,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bad = ModuleType("bad")

    def open_media_source(url: str) -> None:
        raise ZeroDivisionError(url)

    vars(bad)["open_media_source"] = hookimpl(open_media_source)
    monkeypatch.setitem(sys.modules, "bad", bad)
    installed = [*host.installed_plugins()]
    installed += [
        EntryPoint(name=name, value=name, group="tiktok_bridge")
        for name in ("bad", "no_such_module")
    ]
    monkeypatch.setattr(host, "installed_plugins", lambda: installed)

    assert studio.publish() == 0
    assert (
        "broken plugin no_such_module: ModuleNotFoundError" in capsys.readouterr().err
    )
    assert cli.run(["plugins"]) == 0
    assert "no_such_module" in capsys.readouterr().out
