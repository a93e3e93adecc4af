"""What a person pastes is read for what it is."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import termios
import threading

import pytest

from tiktok_bridge import LoginError
from tiktok_bridge.cli import paste

URI = "http://127.0.0.1:3455/callback/"
WEB = "https://cms.example.com/tiktok/callback/"


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        (f"{URI}?code=a%2A&state=b", URI),
        (f"{URI}?code=a%2A&state=b#_=_", URI),
        ("127.0.0.1:3455/callback/?code=a%2A&state=b", URI),
        (f"{WEB}?code=a%2A&state=b", WEB),
        ("HTTPS://CMS.example.com:443/tiktok/callback/?code=a%2A&state=b", WEB),
    ],
)
def test_the_query_is_taken_as_it_stands(text: str, uri: str) -> None:
    assert paste.query_of(text, uri) == "code=a%2A&state=b"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing was pasted"),
        ("http://[", "is no address"),
        ("https://", "is no address"),
        ("hello", "is not the address to which TikTok sends"),
        ("https://www.tiktok.com/v2/auth/authorize/?state=b", "is not the address"),
        ("https://evil.example/callback/?code=a&state=b", "is not the address"),
        (f"{URI}other/?code=a&state=b", "is not the address"),
        (f"{URI}?code=a&sta", "cut off"),
        (URI, "cut off"),
    ],
)
def test_anything_else_is_refused_without_showing_it(text: str, words: str) -> None:
    with pytest.raises(LoginError, match=words) as told:
        paste.query_of(text, URI)

    assert "code=" not in f"{told.value} {told.value.hint}"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("error=invalid_scope&error_type=scope", "invalid_scope / scope"),
        (
            "error=access_denied&error_type=non_sandbox_target&logid=2026",
            r"non_sandbox_target.+\(log id 2026\)",
        ),
        ("error=param_error&error_type=code_challenge&errCode=10007", "10007"),
    ],
)
def test_the_address_of_tiktoks_own_page_is_explained(query: str, words: str) -> None:
    page = "https://www.tiktok.com/v2/auth/authorize/?client_key=aw&state=b&"

    with pytest.raises(LoginError, match=words) as told:
        paste.query_of(page + query, URI)

    assert told.value.hint


def waiting(terminal: int) -> int:
    """Return how many bytes nobody has read."""
    found = fcntl.ioctl(terminal, termios.FIONREAD, struct.pack("i", 0))
    (count,) = struct.unpack("i", found)
    return int(count)


def test_lines_that_come_after_the_first_do_not_reach_the_shell(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours, end = pty.openpty()
    monkeypatch.setattr(paste, "QUIET", 1.0)
    rest = iter(["rm never\r", "rm ever\r"])

    def type_when_read() -> None:
        for line in rest:
            while waiting(end):
                pass
            os.write(ours, line.encode())

    with os.fdopen(end, closefd=False) as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        os.write(ours, b"first\r")
        typist = threading.Thread(target=type_when_read, daemon=True)
        typist.start()
        assert paste.read_address() == "first"
    assert not typist.is_alive(), "it had not begun to wait"
    assert waiting(end) == 0
    typist.join()
    for one in (ours, end):
        os.close(one)
