"""Which URLs the plugin for S3 opens."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import tiktok_bridge_s3
from tiktok_bridge import ConfigError
from tiktok_bridge.testing import make_event
from tiktok_bridge_s3 import keys, urls
from tiktok_bridge_s3.urls import read_media_url, read_notifier_url, read_store_url

if TYPE_CHECKING:
    from tests.s3 import S3

WHAT_IS_LOADED = """
import sys
from pathlib import Path
import tiktok_bridge.hookspecs
before = set(sys.modules)
import tiktok_bridge_s3
tiktok_bridge_s3.open_media_source("file:/a")
print(*sorted(set(sys.modules) - before))
"""


@pytest.mark.parametrize(
    ("url", "bucket", "key"),
    [
        ("s3://bucket/clip.mp4", "bucket", "clip.mp4"),
        ("S3://my.bucket-1/a/b.mp4", "my.bucket-1", "a/b.mp4"),
        ("s3://bucket/a%20b%3F%23%25+c.mp4", "bucket", "a b?#%+c.mp4"),
        ("s3://bucket/caf%C3%A9.mp4", "bucket", "café.mp4"),
        ("s3://bucket/café.mp4", "bucket", "café.mp4"),
        ("s3://bucket//a.mp4", "bucket", "/a.mp4"),
        ("s3://bucket/..a/.b", "bucket", "..a/.b"),
        ("s3://bucket/" + "x" * 1024, "bucket", "x" * 1024),
    ],
)
def test_a_url_names_a_bucket_and_a_key(url: str, bucket: str, key: str) -> None:
    place = read_media_url(url)

    assert (place.bucket, place.key) == (bucket, key)


@pytest.mark.parametrize(
    ("url", "prefix"),
    [
        ("s3://bucket", ""),
        ("s3://bucket/", ""),
        ("s3://bucket/a", "a/"),
        ("s3://bucket/a/b//", "a/b/"),
    ],
)
def test_a_prefix_ends_with_one_slash(url: str, prefix: str) -> None:
    assert read_store_url(url).key == prefix
    assert read_notifier_url(url).key == prefix


def test_every_option_is_read() -> None:
    reach = (
        "endpoint_url=http%3A%2F%2Flocalhost:9000/&region=eu-west-1&addressing=path"
        "&profile=work&timeout=5"
    )
    media = read_media_url(
        f"s3://bucket/a?{reach}&version_id=v%2B1&expires=3600"
        "&public=https://cdn.example.com/x/"
    )

    assert media.reach == urls.Reach(
        "http://localhost:9000", "eu-west-1", "path", "work", 5.0
    )
    assert (media.version_id, media.expires) == ("v+1", 3600.0)
    assert media.public == "https://cdn.example.com/x"
    assert read_store_url(f"s3://bucket/a?{reach}&lease=10").lease == 10.0


@pytest.mark.parametrize(
    "url", ["file:///a", "redis://h", "https://h/a", "s3x:y", "s3"]
)
def test_other_schemes_are_left_to_others(url: str) -> None:
    assert tiktok_bridge_s3.open_token_store(url) is None
    assert tiktok_bridge_s3.open_media_source(url) is None
    assert tiktok_bridge_s3.open_notifier(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "s3:",
        "s3:bucket/a",
        "s3:///a",
        "s3://b/a",
        "s3://bucket_/a",
        "s3://[::1/a",
        "s3://bucket:9000/a",
        "s3://bucket",
        "s3://bucket/a/",
        "s3://bucket/a#t=1",
        "s3://bucket/a#",
        "s3://bucket/%FF",
        "s3://bucket/a%00",
        "s3://bucket/a/../b",
        "s3://bucket/a/%2e%2e/b",
        "s3://bucket/./b",
        "s3://bucket/" + "é" * 513,
        "s3://bucket/a?x=1",
        "s3://bucket/a?lease=60",
        "s3://bucket/a?region",
        "s3://bucket/a?region=a.b",
        "s3://bucket/a?region=a&region=b",
        "s3://bucket/a?addressing=dns",
        "s3://bucket/a?endpoint_url=ftp://host",
        "s3://bucket/a?endpoint_url=host:9000",
        "s3://bucket/a?endpoint_url=http://host:x",
        "s3://bucket/a?endpoint_url=http://host/%3Fa=1",
        "s3://bucket/a?public=http://cdn.example.com",
        "s3://bucket/a?timeout=0",
        "s3://bucket/a?timeout=nan",
        "s3://bucket/a?timeout=soon",
        "s3://bucket/a?expires=3599",
        "s3://bucket/a?expires=604801",
    ],
    ids=ascii,
)
def test_a_url_that_cannot_be_right_is_an_error(url: str) -> None:
    with pytest.raises(ConfigError) as error:
        read_media_url(url)

    assert error.value.hint is not None or "twice" in error.value.message


def test_a_prefix_leaves_room_for_names() -> None:
    with pytest.raises(ConfigError, match="512 bytes"):
        read_store_url("s3://bucket/" + "x" * 512)


def test_a_misspelt_option_is_guessed() -> None:
    with pytest.raises(ConfigError) as error:
        read_store_url("s3://bucket/a?endpoint=http://host")

    assert error.value.hint == "did you mean endpoint_url?"


@pytest.mark.parametrize(
    "url",
    [
        "s3://AKIA:hunter2@bucket/a",
        "s3://bucket/a?endpoint_url=https://me:hunter2@host",
        "s3://bucket/a?secret_key=hunter2",
        "s3://bucket/a?public=https://cdn/x?sig=hunter2",
        "s3://bucket/a?timeout=hunter2",
    ],
)
def test_no_message_quotes_a_secret_that_stands_in_a_url(url: str) -> None:
    with pytest.raises(ConfigError) as error:
        read_media_url(url)

    assert "hunter2" not in f"{error.value} {error.value.hint}"


@pytest.mark.parametrize(
    "name", ["acme", "Acme", "", "a!41", "a/b", "é", "\ud800", "x" * 999, "!-", ".a"]
)
def test_a_name_comes_back_from_its_stem(name: str) -> None:
    stem = keys.stem_of(name)

    assert len(stem) <= keys.LONGEST
    assert not stem.startswith(".")
    assert keys.is_shortened(stem) or keys.name_of(stem) == name


def test_what_is_opened_works_there(s3: S3) -> None:
    store = tiktok_bridge_s3.open_token_store(s3.url("all/tokens"))
    notifier = tiktok_bridge_s3.open_notifier(s3.url("all/events"))
    media = tiktok_bridge_s3.open_media_source(s3.url("all/tokens/acme.account"))
    assert store is not None
    assert notifier is not None
    assert media is not None

    store.save("acme", b"record")
    notifier.notify(make_event(1))

    assert s3.get("all/tokens/acme.account").endswith(b"record")
    assert "all/events/2025/01/31/event-1.json" in s3.names()
    assert media.stat().size_bytes == len(s3.get("all/tokens/acme.account"))


def test_loading_the_plugin_loads_nothing_else() -> None:
    path = f"import sys; sys.path[:] = {sys.path!r}\n"
    child = subprocess.run(  # noqa: S603 - the program is written above
        [sys.executable, "-c", path + WHAT_IS_LOADED],
        check=True,
        capture_output=True,
        text=True,
    )

    assert child.stdout.split() == ["tiktok_bridge_s3"]


def test_every_option_is_documented_with_its_limits() -> None:
    readme = (Path(__file__).parents[2] / "plugins" / "s3" / "README.md").read_text()
    rows = {
        line.split("|")[1].strip(" `"): line
        for line in readme.splitlines()
        if line.startswith("| `")
    }

    for name in (*urls.REACH, "lease", "version_id", "public", "expires"):
        assert name in rows
    for name in ("timeout", "lease", "expires"):
        default, least, most = getattr(urls, name.upper())
        assert f": {least:g} to {most:g}" in rows[name]
        assert rows[name].endswith(f"| {default:g} |")
