"""Where no redirect can arrive, a person carries its address over."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import termios
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys.conftest import Studio

LOCAL: Final = "http://127.0.0.1:3455/callback/"
WEB: Final = "https://cms.example.com/tiktok/callback/"


def start(studio: Studio, *options: str, stdin: int) -> subprocess.Popen[str]:
    config = str(studio.folder / "bridge.yaml")
    command = [sys.executable, "-m", "tiktok_bridge", "-v", "--config", config]
    return subprocess.Popen(  # noqa: S603 - our own program
        [*command, "auth", "login", "shop", *options],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONUTF8": "1", "BROWSER": "", "PATH": ""},
        encoding="utf-8",
    )


def url_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def through_a_pipe(studio: Studio, *options: str, **wish: str) -> tuple[int, str, str]:
    """Log in with a pipe for a keyboard; `location` is pasted unless given."""
    with start(studio, *options, stdin=subprocess.PIPE) as process:
        url = url_of(process)
        location = wish.get("location") or studio.sandbox.login(url, "studio")
        out, err = process.communicate(location, timeout=60)
    assert "Traceback" not in err
    return process.returncode, out, err


def test_the_pasted_address_logs_in(studio: Studio) -> None:
    status, out, err = through_a_pipe(studio, "--paste")

    assert status == 0, err
    assert out.startswith("logged in shop: user.info.basic")
    assert f"it ends at {LOCAL}?" in err


def test_an_open_port_needs_nobody_who_listens(studio: Studio) -> None:
    studio.configure(LOCAL, "http://127.0.0.1:*/callback/")

    status, _, err = through_a_pipe(studio, "--paste")

    assert status == 0, err


def test_a_web_redirect_uri_is_pasted_without_being_asked(studio: Studio) -> None:
    studio.sandbox.reset(platform="web")
    studio.configure(LOCAL, WEB)
    studio.configure("platform: desktop", "platform: web")

    status, out, err = through_a_pipe(studio)

    assert status == 0, err
    assert f"a redirect to {WEB} cannot reach this program" in err
    assert out.startswith("logged in shop: ")


def test_another_logins_address_is_refused(studio: Studio) -> None:
    old = f"{LOCAL}?code=c0de&state=old"

    status, out, err = through_a_pipe(studio, "--paste", location=old)

    assert status == 1
    assert "does not belong to this login" in err
    assert "c0de" not in out + err


@pytest.mark.parametrize(
    ("switches", "words"),
    [
        ({"app_state": "draft"}, "unauthorized_client / client_key"),
        ({"login_kit": False}, "unauthorized_client / client_key"),
        ({"approved_scopes": "user.info.basic"}, "invalid_scope / scope"),
        ({"redirect_uris": "http://127.0.0.1:1/"}, "invalid_request / redirect_uri"),
    ],
)
def test_the_address_of_tiktoks_error_page_is_explained(
    studio: Studio, switches: dict[str, Any], words: str
) -> None:
    studio.sandbox.reset(**switches)
    with start(studio, "--paste", stdin=subprocess.PIPE) as process:
        shown = studio.sandbox.login(url_of(process))
        assert shown.startswith(studio.sandbox.base_url), "no redirect"
        _, err = process.communicate(shown, timeout=60)

    assert process.returncode == 1
    assert f"TikTok did not log anybody in: {words}" in err
    assert "\n  → " in err
    assert "log id 20" in err


class Keyboard:
    """A pseudo-terminal that somebody types at."""

    def __init__(self) -> None:
        self._ours, self.end = pty.openpty()

    def type(self, text: str) -> None:
        data = text.encode()
        while data:
            data = data[os.write(self._ours, data) :]

    def echoed(self) -> str:
        """Return what the terminal showed."""
        return self._all(self._ours)

    def left(self) -> str:
        """Return what nobody has read, which a shell would take for commands."""
        return self._all(self.end)

    def _all(self, end: int) -> str:
        os.set_blocking(end, False)
        with suppress(OSError):
            return os.read(end, 65_536).decode()
        return ""

    def close(self) -> None:
        os.close(self._ours)
        os.close(self.end)


@pytest.fixture
def keyboard() -> Iterator[Keyboard]:
    keyboard = Keyboard()
    yield keyboard
    keyboard.close()


def wait_for_prompt(process: subprocess.Popen[str]) -> None:
    assert process.stderr
    assert any("paste the address" in line for line in process.stderr)


def at_a_terminal(
    studio: Studio, keyboard: Keyboard, typed: str, more: str = ""
) -> tuple[int, str]:
    """Log in at a terminal; `{}` in *typed* is the address, which holds *more*."""
    with start(studio, "--paste", stdin=keyboard.end) as process:
        location = studio.sandbox.login(url_of(process), "studio")
        wait_for_prompt(process)
        keyboard.type(typed.format(location.replace("?", f"?more={more}&")))
        out, err = process.communicate(timeout=60)
    return process.returncode, out + err


@pytest.mark.parametrize(
    "typed",
    [
        "{}\r",
        "{}\n",
        "{}\x04",
        "rubbish\x15{}\r",
        "x\x7f{}\r",
        "\x1b[200~{}\x1b[201~\r",
        "  {}  \r",
    ],
)
def test_a_terminal_takes_the_address_and_shows_nothing(
    studio: Studio, keyboard: Keyboard, typed: str
) -> None:
    status, said = at_a_terminal(studio, keyboard, typed)

    assert status == 0, said
    assert "code=" not in keyboard.echoed() + said


def test_an_address_may_be_longer_than_a_line_of_the_system(
    studio: Studio, keyboard: Keyboard
) -> None:
    status, said = at_a_terminal(studio, keyboard, "{}\r", "x" * 20_000)

    assert status == 0, said
    assert "x" * 10 not in keyboard.echoed() + said


def test_what_follows_the_address_never_reaches_the_shell(
    studio: Studio, keyboard: Keyboard
) -> None:
    status, said = at_a_terminal(studio, keyboard, "{}\rrm -rf /tmp/never\r")

    assert status == 0, said
    assert keyboard.left() == ""


def test_the_terminal_is_left_as_it_was(studio: Studio, keyboard: Keyboard) -> None:
    before = termios.tcgetattr(keyboard.end)

    at_a_terminal(studio, keyboard, "{}\r")
    assert termios.tcgetattr(keyboard.end) == before


@pytest.mark.parametrize(
    ("sign", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_a_signal_at_the_prompt_leaves_the_terminal_whole(
    studio: Studio, keyboard: Keyboard, sign: signal.Signals, status: int
) -> None:
    before = termios.tcgetattr(keyboard.end)
    with start(studio, "--paste", stdin=keyboard.end) as process:
        url_of(process)
        wait_for_prompt(process)
        assert termios.tcgetattr(keyboard.end) != before
        process.send_signal(sign)
        keyboard.type("\r")  # it may not be reading yet
        _, err = process.communicate(timeout=60)

    assert process.returncode == status
    assert "Traceback" not in err
    assert termios.tcgetattr(keyboard.end) == before


def test_no_secret_of_a_paste_reaches_any_output(studio: Studio) -> None:
    with start(studio, "--paste", stdin=subprocess.PIPE) as process:
        location = studio.sandbox.login(url_of(process), "studio")
        out, err = process.communicate(location, timeout=60)
    given = parse_qs(urlsplit(location).query)

    assert "INFO" in err, "the control: it was logged"
    for secret in (
        given["code"][0],
        given["state"][0],
        studio.sandbox.token("studio")["access_token"],
    ):
        assert secret not in out + err
