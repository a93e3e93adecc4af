"""What a bridge meets, its redaction knows."""

from __future__ import annotations

import base64
import json
import logging
import subprocess
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import httpx
import pytest

from tests.unit.conversation import APP, EXAMPLES, SECRETS, TOKEN, Example
from tiktok_bridge import (
    AsyncBridge,
    Bridge,
    Client,
    MediaError,
    Notify,
    PluginError,
    Post,
    Settings,
    cli,
    hookimpl,
    host,
)
from tiktok_bridge.cli import output
from tiktok_bridge.redaction import patterns
from tiktok_bridge.redaction.addresses import secrets_in, shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LEDGER = "postgresql+psycopg://bridge:ledger-p%40ss@db.example/tiktok"
TOKENS = "vault://app:tokens-p/ss@vault.example/kv?token=hvs.CAESI-example"
TOLD = "hook://hooks.example/x?signature=abcdefghij&stream=tiktok-events"


def plugged(**hooks: Callable[..., Any]) -> host.Host:
    """Return a host with one plugin, which has *hooks*."""
    module = ModuleType("plugged")
    for name, function in hooks.items():
        setattr(module, name, hookimpl(function))
    loaded = host.load([])
    loaded.plugins.register(module, name="plugged")
    return loaded


def settings(folder: Path, **fields: Any) -> Settings:  # noqa: ANN401 - of `Settings`
    return Settings(app=APP, folder=folder, **fields)


# What is learned


@pytest.fixture
def values_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be hidden for its name or shape."""
    monkeypatch.setattr(patterns, "PATTERNS", {})


@pytest.mark.usefixtures("values_only")
def test_a_bridge_knows_the_passwords_in_its_settings(tmp_path: Path) -> None:
    given = settings(tmp_path, ledger=LEDGER, tokens=TOKENS, notify=(Notify(TOLD),))
    with Bridge(given, plugged()) as bridge:
        known = bridge.redaction.text

        for secret in (
            APP.client_secret.reveal(),
            "ledger-p%40ss",
            "ledger-p@ss",
            "tokens-p/ss",
            "hvs.CAESI-example",
            "abcdefghij",
        ):
            assert known(f"<{secret}>") == "<***>"
        assert known("tiktok-events of bridge") == "tiktok-events of bridge"


@pytest.mark.usefixtures("values_only")
@pytest.mark.parametrize("call", EXAMPLES)
def test_a_client_knows_what_it_sends_and_gets(call: str) -> None:
    example: Example = EXAMPLES[call]
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.extend([str(request.url), request.read().decode("latin-1")])
        sent.extend(request.headers.values())
        content = b"" if example.body is None else json.dumps(example.body).encode()
        return httpx.Response(example.status, content=content)

    with Client(APP, transport=httpx.MockTransport(answer)) as client:
        example.call(client)
        text = unquote("\n".join([*sent, json.dumps(example.body)]))
        values = [one.reveal() for one in SECRETS if one.reveal() in text]

        assert [one for one in values if client.redaction.text(one) != "***"] == []


@pytest.mark.usefixtures("values_only")
@pytest.mark.parametrize(
    "call", ["exchange", "refresh", "client_token", "check_qr_code"]
)
def test_a_client_knows_the_tokens_and_codes_that_it_gets(call: str) -> None:
    body = json.dumps(EXAMPLES[call].body).replace(".new", "-that-is-new")
    body = body.replace("code=a%2A", "code=cod-that-is-new")
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    with Client(APP, transport=transport) as client:
        EXAMPLES[call].call(client)

        tokens = [f"{kind}-that-is-new" for kind in ("act", "rft", "clt", "cod")]
        got = [one for one in tokens if one in body]
        assert got
        assert [client.redaction.text(one) for one in got] == ["***"] * len(got)


@pytest.mark.usefixtures("values_only")
def test_a_client_knows_the_token_and_the_ticket_of_a_qr_code() -> None:
    body = json.dumps(EXAMPLES["qr_code"].body).replace('"qr"', '"a-token-of-a-qr"')
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    with Client(APP, transport=transport) as client:
        qr = client.oauth.qr_code(["user.info.basic"])

        for secret in (qr.token, qr.ticket):
            assert client.redaction.text(secret.reveal()) == "***"


@pytest.mark.usefixtures("values_only")
def test_an_upload_url_is_known_once_it_came() -> None:
    example = EXAMPLES["video_init"]

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=json.dumps(example.body).encode())

    with Client(APP, transport=httpx.MockTransport(answer)) as client:
        example.call(client)

        assert client.redaction.text("Token-Of-An-Upload") == "***"


@pytest.mark.usefixtures("values_only")
def test_tokens_and_keys_are_known_once_they_were_read(tmp_path: Path) -> None:
    with Bridge(settings(tmp_path)) as first:
        first.vault.save("acme", TOKEN)
        assert first.redaction.text(TOKEN.access_token.reveal()) == "***"
    (key,) = json.loads((tmp_path / "state/keys.json").read_text())["keys"]

    with Bridge(settings(tmp_path)) as bridge:
        assert bridge.redaction.text(f"<{key['key']}>") == f"<{key['key']}>"
        bridge.vault.read("acme")

        assert TOKEN.refresh_token
        for token in (TOKEN.access_token, TOKEN.refresh_token):
            assert bridge.redaction.text(f"<{token.reveal()}>") == "<***>"
        raw = base64.b64decode(key["key"])
        for form in (key["key"].rstrip("="), raw.hex(), repr(raw)[2:-1]):
            assert len(bridge.redaction.text(form).replace("***", "")) < 3


def test_a_proxy_s_password_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:proxy-pass-1@proxy.example:3128")
    with Client(APP) as client:
        assert client.redaction.text("<proxy-pass-1>") == "<***>"


def test_two_hosts_share_nothing() -> None:
    one, other = plugged(), plugged()
    one.redaction.add("secret-of-one")

    assert other.redaction.text("secret-of-one") == "secret-of-one"


def test_an_async_bridge_has_the_same_redaction(tmp_path: Path) -> None:
    bridge = AsyncBridge(settings(tmp_path), plugged())

    assert bridge.redaction.text(APP.client_secret.reveal()) == "***"


# The hook


def test_what_a_plugin_knows_is_hidden_also_what_it_learns_later(
    tmp_path: Path,
) -> None:
    known: list[str | bytes] = ["plugin-secret-1"]

    def open_media_source(url: str) -> object:
        known.append(url.encode())
        return object()

    loaded = plugged(known_secrets=lambda: known, open_media_source=open_media_source)
    with Bridge(settings(tmp_path), loaded) as bridge:
        assert bridge.redaction.text("plugin-secret-1") == "***"

        loaded.open_media_source("plugin-secret:2")

        assert bridge.redaction.text("plugin-secret:2") == "***"


@pytest.mark.parametrize("given", ["one-secret", [7], None, 7, [None]])
def test_a_plugin_that_knows_something_else_is_broken(given: object) -> None:
    loaded = plugged(known_secrets=lambda: given)

    for _ in range(2):
        loaded.learn_secrets()

    (broken,) = loaded.broken
    assert broken.name == "plugged"


def test_a_plugin_that_fails_to_tell_is_broken_and_tells_nothing() -> None:
    def known_secrets() -> list[str]:
        raise RuntimeError("Bearer act.abcdefghijklmn")

    loaded = plugged(known_secrets=known_secrets)
    loaded.learn_secrets()

    assert loaded.told(loaded.broken[0]) == "plugged: RuntimeError: Bearer ***"


SIGNED = "https://b.s3.example/a.mp4?X-Amz-Expires=60&X-Amz-Signature=0123456789abcdef"


@pytest.mark.parametrize("kind", [MediaError, ValueError])
def test_what_a_plugin_says_of_a_url_is_told_without_its_query(
    kind: type[Exception],
) -> None:
    def open_media_source(url: str) -> None:
        raise kind(f"403 for {url} signed 0123456789abcdef")

    loaded = plugged(open_media_source=open_media_source)

    with pytest.raises((MediaError, PluginError)) as caught:
        loaded.open_media_source(SIGNED)

    assert "403 for https://b.s3.example/a.mp4?*** signed ***" in str(caught.value)


@pytest.mark.parametrize("kind", [MediaError, ValueError])
def test_what_an_open_source_says_is_told_without_its_query(
    kind: type[Exception],
) -> None:
    class Source:
        def stat(self) -> None:
            raise kind(f"403 for {SIGNED}")

    def open_media_source(url: str) -> Source | None:
        return Source() if url == SIGNED else None

    loaded = plugged(open_media_source=open_media_source)

    with pytest.raises((MediaError, PluginError)) as caught:
        loaded.open_media_source(SIGNED).stat()

    assert "0123456789abcdef" not in str(caught.value) + repr(caught.value.args)


# Addresses


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (SIGNED, "https://b.s3.example/a.mp4?***"),
        (LEDGER, "postgresql+psycopg://bridge:***@db.example/tiktok"),
        (TOKENS, "vault://app:***@vault.example/kv?***"),
        ("redis://:pw@h:6379/0", "redis://:***@h:6379/0"),
        ("redis://h:6379/a@b", "redis://h:6379/a@b"),
        ("s3://bucket/key@2x.png", "s3://bucket/key@2x.png"),
        ("https://h/a#fragment", "https://h/a"),
        ("https://u:p?w#x/y@h/z", "https://u:***@h/z"),
        ("mem:x?token=abc", "mem:x?***"),
        ("file:///a/b?c#d", "file:///a/b?c#d"),
        ("clips/what?.mp4", "clips/what?.mp4"),
        ("", ""),
    ],
)
def test_an_address_is_shown_without_its_secrets(url: str, message: str) -> None:
    assert shown(url) == message


def test_the_secrets_of_an_address_are_its_password_and_what_is_called_so() -> None:
    found = list(secrets_in("kv://u:p%40@h/?token=x%2By&stream=z#c"))

    assert found == ["p%40", "x%2By", "c"]


def test_each_secret_that_signs_a_webhook_is_one_of_its_address() -> None:
    assert list(secrets_in("https://h/?token=abc#one,two")) == ["abc", "one", "two"]
    assert list(secrets_in("https://h/")) == []


@pytest.mark.parametrize("begin", ["", "file:", "FILE:///"])
def test_a_name_behind_a_number_sign_is_no_secret(begin: str) -> None:
    assert list(secrets_in(f"{begin}clips/Part #2, the-longest-one.mp4")) == []


@pytest.mark.parametrize("scheme", ["redis", "rediss+sentinel", "unix"])
def test_the_name_of_a_video_on_redis_is_no_secret(scheme: str) -> None:
    url = f"{scheme}://:pw@h/0?key=clip.mp4&key2=x&Key=y"

    assert list(secrets_in(url)) == ["pw", "x", "y"]
    assert list(secrets_in("https://h/?key=signed")) == ["signed"]


def test_settings_show_no_password(tmp_path: Path) -> None:
    given = settings(tmp_path, ledger=LEDGER, tokens=TOKENS, notify=(Notify(TOLD),))

    for part in ("ledger-p", "tokens-p", "hvs.CAESI", "abcdefghij", "Secret-Of"):
        assert part not in repr(given)


def test_a_signed_address_is_in_no_objection(tmp_path: Path) -> None:
    post = Post(id="a", account="b", video=SIGNED, privacy="SELF_ONLY")
    with Bridge(settings(tmp_path)) as bridge:
        problems = bridge.check(post)

    assert len(problems) == 2
    assert "Signature" not in repr(problems)


# The program


def test_the_log_of_the_program_shows_no_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.Logger("root of this test")  # noqa: LOG001 - one of our own
    monkeypatch.setattr(logging, "root", root)
    loaded = plugged()
    loaded.redaction.add("secret-of-the-log")

    output.begin_to_log(loaded.redaction, verbose=True)
    root.info("it is %s", "secret-of-the-log")

    assert capsys.readouterr().err == "INFO root of this test: it is ***\n"


CRASH = """
import sys, threading
from tiktok_bridge import host, hookimpl
from tiktok_bridge.__main__ import main

SECRET = "".join(["crash-", "secret-", "42"])

class Plugin:
    @hookimpl
    def register_commands(self, cli):
        @cli.command()
        def crash():
            thread = threading.Thread(target=lambda: fail("in a thread"))
            thread.start()
            thread.join()
            fail("at the end")

class Failing:
    def __del__(self):
        fail("unraisable")

def fail(where):
    raise RuntimeError(f"{where}: {SECRET!r}")

load = host.load
def load_with_plugin():
    loaded = load([])
    loaded.plugins.register(Plugin(), name="crash")
    loaded.redaction.add(SECRET)
    return loaded
host.load = load_with_plugin
sys.argv = ["tiktok-bridge", "crash"]
failing = Failing()
main()
"""


def test_no_traceback_of_the_program_shows_a_secret() -> None:
    run = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", CRASH], capture_output=True, text=True, check=False
    )

    assert run.returncode == 1
    assert "Traceback (most recent call last)" in run.stderr
    for where in ("in a thread", "at the end"):
        assert f"RuntimeError: {where}: '***'" in run.stderr
    assert "crash-secret-42" not in run.stderr + run.stdout


def test_the_list_of_plugins_shows_what_is_broken_without_its_secrets(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def known_secrets() -> list[str]:
        raise RuntimeError("no answer from vault://user:vault-pass@h/")

    loaded = plugged(known_secrets=known_secrets)
    loaded.broken.append(host.BrokenPlugin("other", ValueError("password=abc-1")))
    monkeypatch.setattr(host, "load", lambda: loaded)

    assert cli.run(["plugins", "--format", "json"]) == 0

    said = capsys.readouterr()
    assert "no answer from vault://user:***@h/" in said.out
    assert "warning: broken plugin other: ValueError: password=***" in said.err
    assert "vault-pass" not in said.out + said.err
    assert "abc-1" not in said.out + said.err


def test_an_error_of_a_command_shows_no_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "bridge.yaml"
    config.write_text(
        "version: 1\napp: {client_key: aw12345678, client_secret: abcdefgh-42}\n"
        "tokens: 'nobody://user:nobody-pass@h/abcdefgh-42'\n"
    )

    cli.run(["--config", str(config), "auth", "list"])

    said = "".join(capsys.readouterr())
    assert "nobody" in said
    assert "nobody-pass" not in said
    assert "abcdefgh-42" not in said
