"""On a terminal a bar per upload, elsewhere plain lines, and nowhere a crash."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys.conftest import Studio

ESCAPE: Final = "\x1b"
SHOW_CURSOR: Final = "\x1b[?25h"

POSTS: Final = """\
version: 1
defaults: {account: acme}
posts:
  - {id: small, video: clip.mp4, title: One, privacy: SELF_ONLY}
  - {id: "[large]", video: large.mp4, title: Two, privacy: SELF_ONLY}
"""


class Screen:
    """A pseudo-terminal of 100 columns, and all that was written to it."""

    def __init__(self) -> None:
        self._written = b""
        self._ours, self.end = pty.openpty()
        size = struct.pack("HHHH", 30, 100, 0, 0)
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, size)

    @property
    def text(self) -> str:
        return self._written.decode(errors="replace")

    def updates(self) -> Iterator[None]:
        """Yield whenever something was written, until the program has ended."""
        os.close(self.end)
        with os.fdopen(self._ours, "rb", buffering=0) as file, suppress(OSError):
            while data := file.read(65_536):  # Linux ends a terminal with an OSError
                self._written += data
                yield

    def plain(self) -> str:
        """Return the text without colours and movements."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.text)


def start(
    studio: Studio, screen: Screen | None = None, **environment: str
) -> subprocess.Popen[str]:
    """Publish with stderr, and stdin, on *screen*; without one, in a pipe."""
    config, posts = (
        str(studio.folder / "bridge.yaml"),
        str(studio.folder / "posts.yaml"),
    )
    command = [sys.executable, "-m", "tiktok_bridge", "--config", config]
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR")
    }
    return subprocess.Popen(  # noqa: S603 - our own program
        [*command, "publish", posts],
        stdin=screen.end if screen else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=screen.end if screen else subprocess.PIPE,
        env=inherited | {"TERM": "xterm-256color", "PYTHONUTF8": "1"} | environment,
        encoding="utf-8",
    )


def on_a_terminal(studio: Studio, **environment: str) -> tuple[int, str, Screen]:
    """Return the exit status, what stdout got, and the screen."""
    screen = Screen()
    with start(studio, screen, **environment) as process:
        for _ in screen.updates():
            pass
        assert process.stdout
        out = process.stdout.read()
    return process.returncode, out, screen


@pytest.fixture
def two(studio: Studio) -> Studio:
    """Two posts, one of them of several chunks."""
    studio.video(12_000_000, "large.mp4")
    (studio.folder / "posts.yaml").write_text(POSTS)
    return studio


def test_a_terminal_shows_a_bar_for_each_upload(two: Studio) -> None:
    status, _, screen = on_a_terminal(two)

    assert status == 0, screen.text
    last = screen.plain().rpartition("\r\nacme/[large]")
    assert re.search(r"acme/small +━+ +107\.4/107\.4 kB .*published", last[0])
    assert re.search(r"^ +━+ +12\.0/12\.0 MB .*published", last[2])
    assert ESCAPE + "[38;5;" in screen.text, "in colour"


def test_the_table_goes_to_stdout_and_nothing_else_does(two: Studio) -> None:
    status, out, screen = on_a_terminal(two)

    assert status == 0, screen.text
    lines = [line.split() for line in out.splitlines()]
    assert lines[0][:4] == ["post", "account", "state", "bytes"]
    assert [line[:4] for line in lines[2:]] == [
        ["small", "acme", "PUBLISHED", "107,354"],
        ["[large]", "acme", "PUBLISHED", "12,000,000"],
    ]
    assert ESCAPE not in out
    assert "what happened" not in screen.text


def test_the_terminal_is_left_with_its_cursor_and_no_traceback(two: Studio) -> None:
    _, _, screen = on_a_terminal(two)

    assert screen.text.endswith(f"{SHOW_CURSOR}\r\n")
    assert "Traceback" not in screen.text


def test_elsewhere_each_step_is_a_plain_line(two: Studio) -> None:
    with start(two) as process:
        out, err = process.communicate()

    assert process.returncode == 0, err
    assert "acme/small: uploading, 107,354 bytes\n" in err
    assert "acme/[large]: uploading, 12,000,000 bytes\n" in err
    assert "acme/[large]: published\n" in err
    assert "PUBLISHED  12,000,000" in out
    for sign in (ESCAPE, "\r", "━", "Traceback"):
        assert sign not in out + err


@pytest.mark.parametrize("name", ["FORCE_COLOR", "TTY_COMPATIBLE"])
def test_elsewhere_no_variable_brings_escapes(two: Studio, name: str) -> None:
    with start(two, None, **{name: "1"}) as process:
        out, err = process.communicate()

    assert process.returncode == 0, err
    assert ESCAPE not in out + err


def test_no_color_takes_the_colours_and_leaves_the_bars(two: Studio) -> None:
    status, _, screen = on_a_terminal(two, NO_COLOR="1")

    assert status == 0, screen.text
    assert re.search(r"acme/\[large\] +━+ +12\.0/12\.0 MB", screen.plain())
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", screen.text), "a colour"


@pytest.mark.parametrize("term", ["dumb", "no-such-terminal"])
def test_a_simpler_terminal_is_no_crash(two: Studio, term: str) -> None:
    status, out, screen = on_a_terminal(two, TERM=term)

    assert status == 0, screen.text
    assert "acme/small" in screen.text
    assert "Traceback" not in screen.text
    assert out.count("PUBLISHED") == 2
    assert (ESCAPE in screen.text) == (term != "dumb")


def test_a_terminal_without_our_signs_gets_others(two: Studio) -> None:
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    status, out, screen = on_a_terminal(two, **ascii_only)

    assert status == 0, screen.text
    assert (screen.text + out).isascii()
    assert re.search(r"acme/small +-+ +107\.4/107\.4 kB", screen.plain())


def test_an_upload_that_fails_leaves_the_terminal_whole(two: Studio) -> None:
    two.sandbox.reset("unaudited-public-account")
    two.log_in("acme")

    status, out, screen = on_a_terminal(two)

    assert status == 1, screen.text
    assert "FAILED" in out
    assert ESCAPE not in out
    assert "Traceback" not in screen.text
    assert screen.text.count("\x1b[?25l") == screen.text.count(SHOW_CURSOR)


def test_ctrl_c_gives_the_cursor_back(two: Studio) -> None:
    two.sandbox.reset(processing_seconds=3600)
    two.log_in("acme")
    screen = Screen()
    with start(two, screen) as process:
        updates = screen.updates()
        for _ in updates:
            if screen.text.count("processing") >= 2:
                break
        process.send_signal(signal.SIGINT)
        list(updates)
        assert process.stdout
        assert process.stdout.read() == ""

    assert process.returncode == 130
    assert SHOW_CURSOR in screen.text
    assert screen.text.endswith("interrupted; run it again to continue\r\n")
    assert "Traceback" not in screen.text
