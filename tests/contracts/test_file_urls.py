"""Which URLs the plugin for files opens."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import tiktok_bridge_file
from tiktok_bridge import ConfigError
from tiktok_bridge.testing import make_event
from tiktok_bridge_file.urls import path_of

if TYPE_CHECKING:
    from pathlib import Path

WHAT_IS_LOADED = """
import sys
import tiktok_bridge.hookspecs
before = set(sys.modules)
import tiktok_bridge_file
print(*sorted(set(sys.modules) - before))
"""


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("file:///srv/a.mp4", "/srv/a.mp4"),
        ("file:/srv/a.mp4", "/srv/a.mp4"),
        ("FILE:///srv/a.mp4", "/srv/a.mp4"),
        ("file://localhost/srv/a.mp4", "/srv/a.mp4"),
        ("file:///srv/a%20b%3F%23%25.mp4", "/srv/a b?#%.mp4"),
        ("file:///srv/caf%C3%A9.mp4", "/srv/café.mp4"),
        ("file:///srv/café.mp4", "/srv/café.mp4"),
        ("file:///srv/%FF.mp4", "/srv/\udcff.mp4"),
        ("file:///srv/x/../a/./b/", "/srv/a/b"),
        ("/srv/a%20b?#.mp4", "/srv/a%20b?#.mp4"),
    ],
)
def test_a_url_or_a_bare_path_names_a_path(url: str, path: str) -> None:
    assert path_of(url) == path


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("file:a/b%20c.mp4", "a/b c.mp4"),
        ("a/b%20c.mp4", "a/b%20c.mp4"),
        ("./s:x", "s:x"),
    ],
)
def test_what_is_relative_starts_at_the_current_folder(
    url: str, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert path_of(url) == str(tmp_path / path)


@pytest.mark.parametrize("url", ["s3://bucket/key", "redis://h", "https://h/a", "x:y"])
def test_other_schemes_are_left_to_others(url: str) -> None:
    assert tiktok_bridge_file.open_token_store(url) is None
    assert tiktok_bridge_file.open_media_source(url) is None
    assert tiktok_bridge_file.open_notifier(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:",
        "file://",
        "file://server/share/a.mp4",
        "file:///a.mp4?version=2",
        "file:///a.mp4#t=1",
        "file:///a%00b",
        "/a\0b",
        "/a\ud800b",
    ],
    ids=ascii,
)
def test_a_url_that_names_no_path_here_is_an_error(url: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        path_of(url)

    assert refusal.value.hint is not None


def test_what_is_opened_works_at_that_path(tmp_path: Path) -> None:
    url = f"file://{tmp_path}/a%20b"
    store = tiktok_bridge_file.open_token_store(f"{url}/tokens")
    notifier = tiktok_bridge_file.open_notifier(f"{url}/events.jsonl")
    media = tiktok_bridge_file.open_media_source(f"{url}/events.jsonl")
    assert store is not None
    assert notifier is not None
    assert media is not None

    store.save("acme", b"record")
    notifier.notify(make_event(1))

    assert (tmp_path / "a b" / "tokens" / "acme.record").read_bytes() == b"record"
    assert media.stat().size_bytes == (tmp_path / "a b" / "events.jsonl").stat().st_size


def test_loading_the_plugin_loads_nothing_else() -> None:
    path = f"import sys; sys.path[:] = {sys.path!r}\n"
    child = subprocess.run(  # noqa: S603 - the program is written above
        [sys.executable, "-c", path + WHAT_IS_LOADED],
        check=True,
        capture_output=True,
        text=True,
    )

    assert child.stdout.split() == ["tiktok_bridge_file"]
