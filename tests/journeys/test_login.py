"""A person logs in with a browser, and the terminal knows for whom."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import parse_qs, urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from tests.journeys.conftest import Studio

FIXED: Final = "http://127.0.0.1:3455/callback/"
FREE: Final = "http://127.0.0.1:*/callback/"


class Terminal:
    """A program that runs, with all that it says."""

    def __init__(self, studio: Studio, *arguments: str, **environment: str) -> None:
        config = str(studio.folder / "bridge.yaml")
        command = [sys.executable, "-m", "tiktok_bridge", "-v", "--config", config]
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            [*command, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONUTF8": "1"} | environment,
            encoding="utf-8",
        )
        self.out = self.err = self.url = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.communicate()

    def read_url(self) -> str:
        """Return the address that stdout begins with."""
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip()
        assert self.url, self.finish()
        return self.url

    def finish(self, typed: str | None = None) -> int:
        self.out, self.err = self.process.communicate(typed, timeout=60)
        assert "Traceback" not in self.err
        return self.process.returncode


def begin(studio: Studio, *options: str, account: str = "shop") -> Terminal:
    return Terminal(studio, "auth", "login", account, "--no-browser", *options)


def visit(url: str) -> tuple[int, str]:
    """Open *url* as a browser does; return status and page."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=20)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}")
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def accounts(studio: Studio, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    assert studio.run("auth", "list", "--format", "json") == 0
    listed = json.loads(capsys.readouterr().out)["accounts"]
    return {one["account"]: one for one in listed}


@pytest.fixture
def office(studio: Studio) -> Studio:
    """A studio whose logins take a free port, for tests run side by side."""
    studio.configure(FIXED, FREE)
    return studio


def test_a_login_ends_with_a_token_that_publishes(office: Studio) -> None:
    with begin(office) as terminal:
        where = office.sandbox.login(terminal.read_url(), account="studio")
        status, page = visit(where)

        assert terminal.finish() == 0, terminal.err
    assert status == 200
    assert "<h1>shop is logged in</h1>" in page
    assert "Granted: user.info.basic, video.publish, video.upload." in page
    assert "You can close this tab." in page
    granted = "user.info.basic, video.publish, video.upload"
    assert terminal.out == f"logged in shop: {granted}\n"
    posts = office.folder / "posts.yaml"
    posts.write_text(posts.read_text().replace("account: acme", "account: shop"))
    assert office.publish() == 0


def test_the_login_page_is_asked_for_the_scopes_of_the_configuration(
    office: Studio,
) -> None:
    office.configure("[user.info.basic, video.publish, video.upload]", "[video.list]")
    with begin(office) as terminal:
        asked = parse_qs(urlsplit(terminal.read_url()).query)

    assert asked["scope"] == ["video.list"]
    assert asked["code_challenge_method"] == ["S256"]
    assert urlsplit(asked["redirect_uri"][0]).hostname == "127.0.0.1"


def test_the_port_of_the_configuration_is_the_one_that_listens(
    studio: Studio,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    studio.configure("127.0.0.1:3455", f"127.0.0.1:{port}")
    with begin(studio) as terminal:
        where = studio.sandbox.login(terminal.read_url())

        assert where.startswith(f"http://127.0.0.1:{port}/callback/?")
        assert visit(where)[0] == 200
        assert terminal.finish() == 0


def test_a_port_that_is_taken_is_named_before_anybody_is_sent_away(
    studio: Studio,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        studio.configure("127.0.0.1:3455", f"127.0.0.1:{port}")
        with begin(studio) as terminal:
            assert terminal.finish() == 1

    assert f"port {port} of 127.0.0.1" in terminal.err
    assert "is taken by another program" in terminal.err
    assert terminal.out == ""


def test_another_tab_with_another_state_cannot_end_the_login(office: Studio) -> None:
    with begin(office) as terminal:
        where = office.sandbox.login(terminal.read_url())
        state = parse_qs(urlsplit(where).query)["state"][0]
        for wrong in (state[:-1], "", "error"):
            status, page = visit(where.replace(state, wrong))
            assert status == 400
            assert "does not belong to this login" in page
        denied = where.replace(state, "x").replace("code=", "error=access_denied&c=")
        assert visit(denied)[0] == 400

        assert visit(where)[0] == 200
        assert terminal.finish() == 0
    assert office.calls("token") == 1


def test_a_refusal_is_explained_on_the_page_and_in_the_terminal(
    office: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    with begin(office) as terminal:
        where = office.sandbox.login(terminal.read_url(), deny=True)
        status, page = visit(where)

        assert terminal.finish() == 1
    assert status == 400
    for text in (page, terminal.err):
        assert "TikTok did not log anybody in: access_denied" in text
    assert "What to do: " in page
    assert "\n  → " in terminal.err
    assert "shop" not in accounts(office, capsys)


def test_a_partial_grant_is_kept_and_says_what_will_not_work(
    office: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    with begin(office) as terminal:
        url = terminal.read_url()
        where = office.sandbox.login(url, "studio", ["user.info.basic", "video.upload"])
        _, page = visit(where)

        assert terminal.finish() == 0
    assert "video.publish (direct posts are refused)" in page
    assert "warning: not granted: video.publish (direct posts are ref" in terminal.err
    scopes = accounts(office, capsys)["shop"]["scopes"]
    assert scopes == ["user.info.basic", "video.upload"]


def test_a_code_that_tiktok_refuses_is_told_in_both_places(office: Studio) -> None:
    with begin(office) as terminal:
        where = office.sandbox.login(terminal.read_url())
        office.sandbox.advance(3600)
        status, page = visit(where)

        assert terminal.finish() == 1
    assert status == 400
    assert "Nobody was logged in" in page
    for text in (page, terminal.err):
        assert "Authorization code is expired" in text
        assert "log id 20" in text


def test_a_code_is_exchanged_once_whoever_comes_twice(office: Studio) -> None:
    with begin(office) as terminal:
        parts = urlsplit(office.sandbox.login(terminal.read_url()))
        request = (
            f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n"
        )
        address = (parts.hostname or "", parts.port or 0)
        with (
            socket.create_connection(address, timeout=20) as one,
            socket.create_connection(address, timeout=20) as two,
        ):
            one.sendall(request.encode())
            two.sendall(request.encode())

            assert terminal.finish() == 0
            answers = sorted(each.recv(12).decode() for each in (one, two))
    assert answers == ["HTTP/1.1 200", "HTTP/1.1 409"]
    assert office.calls("token") == 1


@pytest.mark.parametrize("comes_back", [True, False])
def test_who_connects_and_says_nothing_leaves_no_trace(
    office: Studio, *, comes_back: bool
) -> None:
    options = () if comes_back else ("--timeout", "1")
    with begin(office, *options) as terminal:
        url = terminal.read_url()
        parts = urlsplit(parse_qs(urlsplit(url).query)["redirect_uri"][0])
        address = (parts.hostname or "", parts.port or 0)
        with socket.create_connection(address, timeout=20):
            if comes_back:
                visit(office.sandbox.login(url))

            assert terminal.finish() == (0 if comes_back else 1)
    assert "Exception" not in terminal.err
    assert "Error" not in terminal.err


def test_no_token_is_asked_for_that_could_not_be_kept(office: Studio) -> None:
    (office.folder / "state" / "keys.json").unlink()
    with begin(office) as terminal:
        assert terminal.finish() == 1

    assert terminal.out == "", "nobody was sent to TikTok"
    assert "auth login" in terminal.err


def test_one_user_under_two_names_is_told(office: Studio) -> None:
    with begin(office, account="twin") as terminal:
        visit(office.sandbox.login(terminal.read_url()))

        assert terminal.finish() == 0
    assert "warning: twin is the same TikTok user as acme" in terminal.err


def test_a_login_that_cannot_be_kept_spends_no_code(office: Studio) -> None:
    with begin(office) as terminal:
        where = office.sandbox.login(terminal.read_url(), account="studio")
        limit = (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
        resource.prlimit(terminal.process.pid, resource.RLIMIT_FSIZE, limit)
        visit(where)

        assert terminal.finish() == 1
    assert office.calls("token") == 0
    assert "\n  → make room" in terminal.err


def test_another_user_does_not_take_over_an_account_silently(
    office: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    before = accounts(office, capsys)["acme"]
    with begin(office, account="acme") as terminal:
        where = office.sandbox.login(terminal.read_url(), account="studio")
        _, page = visit(where)

        assert terminal.finish() == 1
    for text in (page, terminal.err):
        assert "another tiktok user logged in" in text.lower()
        assert "--replace" in text
    assert accounts(office, capsys)["acme"] == before
    assert office.publish() == 0, "the old token still works"


def test_another_user_takes_over_an_account_that_is_to_be_replaced(
    office: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    before = accounts(office, capsys)["acme"]["open_id"]
    with begin(office, "--replace", account="acme") as terminal:
        visit(office.sandbox.login(terminal.read_url(), account="studio"))

        assert terminal.finish() == 0, terminal.err
    assert accounts(office, capsys)["acme"]["open_id"] not in (before, None)


def test_the_same_user_may_log_in_again(office: Studio) -> None:
    with begin(office, account="acme") as terminal:
        visit(office.sandbox.login(terminal.read_url()))

        assert terminal.finish() == 0, terminal.err
    assert office.publish() == 0


def test_ctrl_c_ends_the_waiting_with_130(office: Studio) -> None:
    with begin(office) as terminal:
        terminal.read_url()
        assert terminal.process.stderr
        assert any("waiting at" in line for line in terminal.process.stderr)
        terminal.process.send_signal(signal.SIGINT)

        assert terminal.finish() == 130
    assert "interrupted" in terminal.err


def test_who_never_comes_back_is_told_where_tiktok_says_why(office: Studio) -> None:
    with begin(office, "--timeout", "1") as terminal:
        assert terminal.finish() == 1

    assert "nobody came back from TikTok within 1 s" in terminal.err
    assert "--paste" in terminal.err


PERSON: Final = """\
#!{python}
import json, sys, urllib.request
print("a browser's chatter", flush=True)
asked = json.dumps({{"url": sys.argv[1], "account": "studio"}}).encode()
with urllib.request.urlopen("{sandbox}/_sandbox/login", asked) as answer:
    where = json.load(answer)["location"]
with urllib.request.urlopen(where) as page:
    page.read()
"""


def test_a_browser_is_opened_and_comes_back(office: Studio, tmp_path: Path) -> None:
    person = tmp_path / "person"
    text = PERSON.format(python=sys.executable, sandbox=office.sandbox.base_url)
    person.write_text(text)
    person.chmod(0o700)
    with Terminal(office, "auth", "login", "shop", BROWSER=str(person)) as terminal:
        assert terminal.finish() == 0, terminal.err

    assert terminal.out.startswith("logged in shop: ")
    assert "state=" not in terminal.out + terminal.err


def test_a_browser_that_fails_is_replaced_by_the_address(office: Studio) -> None:
    with Terminal(office, "auth", "login", "shop", BROWSER="false") as terminal:
        visit(office.sandbox.login(terminal.read_url()))

        assert terminal.finish() == 0, terminal.err


def test_without_any_browser_the_address_is_printed(office: Studio) -> None:
    nothing = {"BROWSER": "", "DISPLAY": "", "WAYLAND_DISPLAY": "", "PATH": ""}
    with Terminal(office, "auth", "login", "shop", **nothing) as terminal:
        visit(office.sandbox.login(terminal.read_url()))

        assert terminal.finish() == 0, terminal.err


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace(f"  redirect_uri: {FREE}\n", ""), "is missing"),
        (lambda text: text.replace(FREE, "http://127.0.0.1/"), "needs a port"),
    ],
)
def test_a_redirect_uri_that_cannot_work_is_named_at_once(
    office: Studio, change: Callable[[str], str], words: str
) -> None:
    config = office.folder / "bridge.yaml"
    config.write_text(change(config.read_text()))
    with begin(office) as terminal:
        assert terminal.finish() == 2

    assert "app.redirect_uri" in terminal.err
    assert words in terminal.err
    assert "bridge.yaml:" in terminal.err
    assert "/callback/" in terminal.err, "an example"


def test_a_name_that_is_none_is_refused_before_the_login(office: Studio) -> None:
    with begin(office, account="../acme") as terminal:
        assert terminal.finish() == 2

    assert "is no name for an account" in terminal.err


def test_no_secret_of_a_login_reaches_any_output(office: Studio) -> None:
    with begin(office) as terminal:
        where = office.sandbox.login(terminal.read_url(), account="studio")
        given = parse_qs(urlsplit(where).query)
        _, wrong = visit(where.replace("state=", "state=x"))
        _, page = visit(where)

        assert terminal.finish() == 0
    token = office.sandbox.token("studio")
    shown = wrong + page + terminal.out + terminal.err
    assert "INFO" in terminal.err, "the control: it was logged"
    for secret in (
        given["code"][0],
        where.partition("code=")[2].partition("&")[0],
        given["state"][0],
        token["access_token"],
        token["refresh_token"],
        office.sandbox.client_secret,
    ):
        assert secret not in shown
