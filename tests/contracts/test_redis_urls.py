"""Which URLs the plugin for Redis opens."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import tiktok_bridge_redis
from tiktok_bridge import ConfigError, MediaError, Secret
from tiktok_bridge_redis.urls import (
    ESCAPES,
    EVENTS,
    MEDIA,
    OPTIONS,
    TOKENS,
    Address,
    read_url,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WHAT_IS_LOADED = """
import sys
import tiktok_bridge.hookspecs
before = set(sys.modules)
import tiktok_bridge_redis
print(*sorted(set(sys.modules) - before))
for hook in ("token_store", "media_source", "notifier"):
    assert getattr(tiktok_bridge_redis, f"open_{hook}")("file:/a") is None
assert "redis" not in sys.modules
"""


def read(url: str, options: Any = TOKENS) -> Address:  # noqa: ANN401 - as in the module
    address = read_url(url, options, ConfigError)
    assert address is not None
    return address


@pytest.mark.parametrize(
    ("url", "hosts", "database", "name"),
    [
        ("redis://h", (("h", 6379),), 0, "redis://h:6379/0"),
        ("REDIS://h:1/3", (("h", 1),), 3, "redis://h:1/3"),
        ("redis://h/?db=4", (("h", 6379),), 4, "redis://h:6379/4"),
        ("redis://[::1]:7/", (("::1", 7),), 0, "redis://::1:7/0"),
        ("rediss://h:65535/15", (("h", 65535),), 15, "rediss://h:65535/15"),
        ("unix:///run/a%20b.sock", (), 0, "unix:///run/a b.sock"),
        ("unix://u:p@/run/r.sock?db=2", (), 2, "unix:///run/r.sock"),
        (
            "redis+sentinel://a,[::1]:7,c:8/main/3",
            (("a", 26379), ("::1", 7), ("c", 8)),
            3,
            "redis+sentinel://a:26379,::1:7,c:8/main/3",
        ),
        ("rediss+sentinel://a/m", (("a", 26379),), 0, "rediss+sentinel://a:26379/m/0"),
    ],
)
def test_a_url_says_where_the_server_is(
    url: str, hosts: tuple[tuple[str, int], ...], database: int, name: str
) -> None:
    address = read(url)

    assert (address.hosts, address.database, address.name) == (hosts, database, name)
    assert address.is_tls == url.startswith("rediss")


@pytest.mark.parametrize(
    ("login", "user", "password"),
    [
        ("", None, None),
        (":p%40ss%3Aw%2Frd@", None, "p@ss:w/rd"),
        ("me:a:b@", "me", "a:b"),
        ("me@", "me", None),
        ("m%65:%25@", "me", "%"),
    ],
)
def test_a_url_says_who_asks(
    login: str, user: str | None, password: str | None
) -> None:
    address = read(f"redis://{login}h/1")

    assert address.user == user
    assert address.password == (password and Secret(password))
    assert "p@ss" not in repr(address)


def test_options_have_defaults() -> None:
    options = read("redis://h").options

    assert options["prefix"] == "tiktok-bridge"
    assert options["lease"] == 240.0
    assert options["timeout"] == 5.0
    assert read("redis://h?stream=a", EVENTS).options["maxlen"] == 10_000


def test_options_are_read() -> None:
    address = read("redis://h?prefix=a%20b&lease=0.5&wait=2&timeout=1.5")

    assert address.options["prefix"] == "a b"
    assert address.options["lease"] == 0.5
    assert address.options["wait"] == 2
    assert address.options["timeout"] == 1.5


def test_a_key_is_any_bytes() -> None:
    address = read("redis://h?key=caf%C3%A9%FF+%26.mp4", MEDIA)

    assert address.options["key"] == b"caf\xc3\xa9\xff+&.mp4"


def test_the_lease_is_longer_than_what_may_happen_between_two_saves() -> None:
    from tiktok_bridge.tiktok.network import REPLY_DEADLINE  # noqa: PLC0415 - only here
    from tiktok_bridge.tiktok.wire import TIMEOUT  # noqa: PLC0415 - only here
    from tiktok_bridge_redis.store import PATIENCE  # noqa: PLC0415 - only here

    longest = TIMEOUT["connect"] + TIMEOUT["write"] + REPLY_DEADLINE

    assert read("redis://h").options["lease"] > longest + PATIENCE


@pytest.mark.parametrize(
    "url", ["s3://bucket/key", "redisx://h", "https://h/a", "/redis://h", "a/b", ""]
)
def test_other_schemes_are_left_to_others(url: str) -> None:
    assert tiktok_bridge_redis.open_token_store(url) is None
    assert tiktok_bridge_redis.open_media_source(url) is None
    assert tiktok_bridge_redis.open_notifier(url) is None


WRONG = {
    "redis:": "has to begin with redis://",
    "redis:h/0": "has to begin with redis://",
    "redis://": "has no host",
    "redis:///0": "has no host",
    "redis://h:": "has no host",
    "redis://h:0": "has no host",
    "redis://h:65536": "has no host",
    "redis://h:hunter2": "has no host",
    "redis://a,b/0": "has no host",
    "redis://::1/0": "has no host",
    "redis://h\n/0": "has no host",
    "redis://h/a": "has a path that is no number of a database",
    "redis://h/0/a": "has a path that is no number of a database",
    "redis://h/1?db=1": "names a database twice",
    "redis://h/0#a": "has an @ or a #",
    "redis://:hunter2/hunter2@h/0": "has an @ or a #",
    "redis://:hunter2?hunter2@h/0": "has an @ or a #",
    "redis://h?hunter2=1": "takes only these options: db, lease, password_file",
    "redis://h?wait=1&wait=2": "has wait twice",
    "redis://h?lease=hunter2": "has a lease that is no number of seconds",
    "redis://h?lease=0": "has a lease that is no number of seconds",
    "redis://h?lease=-1": "has a lease that is no number of seconds",
    "redis://h?lease=inf": "has a lease that is no number of seconds",
    "redis://h?wait=-1": "has a wait that is no number",
    "redis://h?prefix=": "has a prefix that is empty",
    "redis://h?ssl_ca_certs=ca.pem": "has a ssl_ca_certs that is no absolute path",
    "redis://h?ssl_cert_reqs=none": "takes only these options",
    "unix://h/run/r.sock": "has to name a socket",
    "unix://": "has to name a socket",
    "redis+sentinel://a": "has to name what the Sentinels watch",
    "redis+sentinel://a,/m": "has no host",
}


@pytest.mark.parametrize(("url", "words"), WRONG.items(), ids=ascii)
def test_a_url_that_is_not_understood_is_refused_and_not_repeated(
    url: str, words: str
) -> None:
    with pytest.raises(ConfigError) as refusal:
        tiktok_bridge_redis.open_token_store(url)

    assert words in refusal.value.message
    assert refusal.value.hint in (ESCAPES, OPTIONS)
    assert "hunter2" not in refusal.value.message
    assert refusal.value.__context__ is None


@pytest.mark.parametrize(
    ("opener", "query", "kind", "words"),
    [
        (tiktok_bridge_redis.open_media_source, "", MediaError, "has to name one key"),
        (tiktok_bridge_redis.open_media_source, "?wait=1", MediaError, "takes only"),
        (
            tiktok_bridge_redis.open_notifier,
            "",
            ConfigError,
            "has to name one stream or channel: ?stream=NAME",
        ),
        (
            tiktok_bridge_redis.open_notifier,
            "?stream=a&channel=b",
            ConfigError,
            "has to name one stream or channel",
        ),
        (tiktok_bridge_redis.open_notifier, "?stream=a&maxlen=0", ConfigError, "is 0"),
    ],
)
def test_what_is_opened_has_to_be_named(
    opener: Callable[[str], object], query: str, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind) as refusal:
        opener(f"redis://h/0{query}")

    assert words in str(refusal.value)


@pytest.mark.parametrize(
    "option", ["password_file", "ssl_ca_certs", "ssl_certfile", "ssl_keyfile"]
)
def test_a_file_that_cannot_be_read_is_named(option: str, tmp_path: Path) -> None:
    url = f"rediss://h?{option}={tmp_path}/missing"
    store = tiktok_bridge_redis.open_token_store(url)
    assert store is not None

    with pytest.raises(Exception, match="missing': No such file") as refusal:
        store.load("acme")

    assert getattr(refusal.value, "hint", None) == "check the path in the URL"


def test_loading_the_plugin_loads_nothing_else() -> None:
    path = f"import sys; sys.path[:] = {sys.path!r}\n"
    child = subprocess.run(  # noqa: S603 - the program is written above
        [sys.executable, "-c", path + WHAT_IS_LOADED],
        check=True,
        capture_output=True,
        text=True,
    )

    assert child.stdout.split() == ["tiktok_bridge_redis"]
