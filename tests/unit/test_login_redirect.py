"""A redirect URI that TikTok would refuse is refused when the file is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tiktok_bridge import InvalidInput, Settings
from tiktok_bridge.config.redirect import redirect_problem, with_port

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("uri", "platform"),
    [
        ("http://127.0.0.1:3455/callback/", "desktop"),
        ("https://localhost:3455/callback", "desktop"),
        ("http://localhost:*/callback/", "desktop"),
        ("http://127.0.0.1:*/", "desktop"),
        ("https://cms.example.com/tiktok/callback/", "web"),
        ("https://cms.example.com/" + "x" * 487, "web"),
    ],
)
def test_what_tiktok_registers_is_taken(uri: str, platform: str) -> None:
    assert redirect_problem(uri, platform, registered=True) is None


@pytest.mark.parametrize(
    ("uri", "platform", "words"),
    [
        ("http://127.0.0.1/callback/", "desktop", "needs a port"),
        ("http://127.0.0.1:3455", "desktop", "needs a path"),
        ("http://0.0.0.0:3455/callback/", "desktop", "localhost or 127.0.0.1"),
        ("http://localhost.evil.example:1/", "desktop", "localhost or 127.0.0.1"),
        ("http://localhost:1@evil.example:2/", "desktop", "may name no user"),
        ("http://127.0.0.1:70000/callback/", "desktop", "is no address"),
        ("http://127.0.0.1:**/callback/", "desktop", "has a [*]"),
        ("ftp://127.0.0.1:3455/callback/", "desktop", "must be http or https"),
        ("http://127.0.0.1:3455/callback/?a=b", "desktop", "no query"),
        ("http://127.0.0.1:3455/callback/#a", "desktop", "no fragment"),
        ("http://127.0.0.1:3455/ä/", "desktop", "plain ASCII"),
        ("/callback/", "desktop", "no absolute address"),
        ("http://cms.example.com/callback/", "web", "must be https"),
        ("https://cms.example.com:*/callback/", "web", "has a [*]"),
        ("https://127.0.0.1:*/callback/", "web", "has a [*]"),
        ("https://cms.example.com/" + "x" * 488, "web", "511 is the most"),
    ],
)
def test_what_tiktok_refuses_is_refused_with_file_line_and_key(
    tmp_path: Path, uri: str, platform: str, words: str
) -> None:
    config = tmp_path / "bridge.yaml"
    config.write_text(
        "version: 1\napp:\n  client_key: aw\n  client_secret: s\n"
        f"  platform: {platform}\n  redirect_uri: {uri!r}\n"
    )

    with pytest.raises(InvalidInput, match=words) as told:
        Settings.from_file(config)

    assert f"{config}:6: app.redirect_uri: " in str(told.value)


CONFIG = """\
version: 1
app:
  client_key: %s
  client_secret: %s
api: {authorize_url: %r}
"""


@pytest.mark.parametrize(
    ("key", "secret", "page", "words"),
    [
        ('" aw"', "s", "https://x.example/", "app.client_key: holds white space"),
        ("aw", '"h1dden\\n"', "https://x.example/", "client_secret: holds white space"),
        ("aw", "48151623", "https://x.example/", "client_secret: it is not text"),
        ("aw", "[48151623]", "https://x.example/", "client_secret: it is not text"),
        ("aw", "s", "https://x.example/#f", "authorize_url: .+ no fragment"),
        ("aw", "s", "nonsense", "authorize_url: .+ begins with https://"),
        ("aw", "s", "http://[", "authorize_url: .+ is no address"),
    ],
)
def test_what_would_spoil_the_login_page_is_refused(
    tmp_path: Path, key: str, secret: str, page: str, words: str
) -> None:
    config = tmp_path / "bridge.yaml"
    config.write_text(CONFIG % (key, secret, page))

    with pytest.raises(InvalidInput, match=words) as told:
        Settings.from_file(config)
    assert "h1dden" not in str(told.value)
    assert "48151623" not in str(told.value)


def test_no_login_is_sent_to_an_open_port() -> None:
    assert redirect_problem("http://127.0.0.1:*/callback/", "desktop")


def test_a_port_is_put_where_it_is_open_and_nowhere_else() -> None:
    assert with_port("http://127.0.0.1:*/a:*/", 81) == "http://127.0.0.1:81/a:*/"
    assert with_port("http://127.0.0.1:80/a:*/", 81) == "http://127.0.0.1:80/a:*/"


@pytest.mark.parametrize("scope", ["video.publish,video.upload", "a b", ""])
def test_two_scopes_in_one_are_refused(tmp_path: Path, scope: str) -> None:
    config = tmp_path / "bridge.yaml"
    text = "version: 1\napp: {client_key: aw, client_secret: s, scopes: [%r]}\n"
    config.write_text(text % scope)

    with pytest.raises(InvalidInput, match=r"app\.scopes\[0\]"):
        Settings.from_file(config)
