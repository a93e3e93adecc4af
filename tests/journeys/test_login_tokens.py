"""A token is renewed and revoked on request, under the lock of its account."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tiktok_bridge import AsyncBridge, Authorization, LoginError, Secret
from tiktok_bridge.tokens import records

if TYPE_CHECKING:
    from tests.journeys.conftest import Studio

CALLBACK = "http://127.0.0.1:8000/callback/"


def stored(studio: Studio, account: str = "acme") -> str | None:
    with studio.bridge() as bridge:
        token = bridge.vault.read(account)
    return token.access_token.reveal() if token else None


# auth refresh


def test_a_refresh_is_done_although_nobody_needs_it(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    before = stored(studio)
    capsys.readouterr()

    assert studio.run("auth", "refresh", "acme") == 0
    assert "renewed acme: the new token ends 20" in capsys.readouterr().out
    assert stored(studio) == studio.sandbox.token()["access_token"] != before
    assert studio.publish() == 0


def test_all_accounts_are_renewed_whatever_happens_to_one(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    studio.log_in("studio")
    refusal = {"kind": "status", "status": 400, "code": "invalid_grant"}
    studio.sandbox.faults("token", [refusal])
    capsys.readouterr()

    assert studio.run("auth", "refresh", "--all") == 1
    out, err = capsys.readouterr()
    assert out.startswith("renewed studio: ")
    assert "error: acme: the token of account 'acme' has ended" in err
    assert "tiktok-bridge auth login" in err


@pytest.mark.parametrize("arguments", [(), ("acme", "--all")])
def test_a_refresh_is_told_whose(studio: Studio, arguments: tuple[str, ...]) -> None:
    assert studio.run("auth", "refresh", *arguments) == 2
    assert studio.calls("token") == 0


@pytest.mark.parametrize("command", ["refresh", "revoke"])
def test_an_account_without_a_token_is_told_how_to_get_one(
    studio: Studio, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert studio.run("auth", command, "nobody") == 1

    err = capsys.readouterr().err
    assert "there is no token for the account 'nobody'" in err
    assert "tiktok-bridge auth login nobody" in err


@pytest.mark.parametrize("command", [("refresh",), ("revoke", "--yes")])
def test_nothing_is_asked_of_tiktok_while_another_process_holds_the_account(
    studio: Studio,
    command: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(records, "LOCK_TIMEOUT", 0.1)
    with studio.bridge() as other:
        store = other.host.open_token_store(other.settings.tokens)
        with store.lock("acme", timeout=1):
            assert studio.run("auth", *command, "acme") == 1

    assert studio.calls("token") + studio.calls("revoke") == 0
    assert "error: " in capsys.readouterr().err
    assert stored(studio)


def test_refreshes_at_once_follow_one_another(studio: Studio) -> None:
    config = str(studio.folder / "bridge.yaml")
    command = [sys.executable, "-m", "tiktok_bridge", "--config", config]
    processes = [
        subprocess.Popen([*command, "auth", "refresh", "acme"])  # noqa: S603 - our own program
        for _ in range(4)
    ]

    assert [process.wait(60) for process in processes] == [0] * 4
    assert stored(studio) == studio.sandbox.token()["access_token"]
    assert studio.publish() == 0


def test_a_refresh_that_was_lost_is_shown_in_the_list(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    studio.sandbox.faults("token", [{"kind": "reset_before_reply"}])
    assert studio.run("auth", "refresh", "acme") == 1
    capsys.readouterr()

    assert studio.run("auth", "list") == 0
    assert "not finished" in capsys.readouterr().out


def test_a_dead_token_is_listed_as_one_that_needs_a_login(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listed(studio, capsys)["renewable"] is True
    studio.sandbox.faults("token", [{"kind": "reset_before_reply"}])
    assert studio.run("auth", "refresh", "acme") == 1
    studio.sandbox.reset("token-revoked")
    assert studio.run("auth", "refresh", "acme") == 1

    one = listed(studio, capsys)
    assert one["renewable"] is False
    assert not one["expires_at"].startswith("1970")
    assert studio.run("auth", "list") == 0
    assert "ended, log in again" in capsys.readouterr().out


def listed(studio: Studio, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    assert studio.run("auth", "list", "--format", "json") == 0
    (one,) = json.loads(capsys.readouterr().out)["accounts"]
    return dict(one)


@pytest.mark.parametrize("command", ["refresh", "revoke"])
def test_what_cannot_be_a_name_is_no_unknown_account(
    studio: Studio, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert studio.run("auth", command, "../acme") == 2

    assert "is no name for an account" in capsys.readouterr().err


# auth import


def give(studio: Studio, answer: object, *options: str, account: str = "acme") -> int:
    file = studio.folder / "given.json"
    file.write_text(json.dumps(answer))
    return studio.run("auth", "import", account, str(file), *options)


def test_an_import_does_not_hand_an_account_to_another_user_silently(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    before, other = stored(studio), studio.sandbox.token("studio")

    assert give(studio, other) == 1
    err = capsys.readouterr().err
    assert "the token is another user's" in err
    assert "--replace" in err
    assert stored(studio) == before
    assert give(studio, other, "--replace") == 0
    assert stored(studio) == other["access_token"]


def test_an_import_of_one_user_under_two_names_is_told(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    assert give(studio, studio.sandbox.token(), account="twin") == 0

    assert "warning: twin is the same TikTok user as acme" in capsys.readouterr().err


def test_what_tiktok_refused_is_explained_when_it_is_imported(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    old = {"error": "invalid_grant", "error_description": "No", "log_id": "L"}
    new = {"error": {"code": "access_token_invalid", "message": "", "log_id": "L"}}

    assert give(studio, old) == 2
    assert "but its refusal invalid_grant. The authoriz" in capsys.readouterr().err
    assert give(studio, new) == 2
    assert "but its refusal access_token_invalid. " in capsys.readouterr().err


def test_a_list_is_no_token_response(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    assert give(studio, []) == 2

    assert (
        "given.json: is no token response of TikTok: it is no JSON object"
        in capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("command", "status", "words"),
    [
        (("import", "shop", "-"), 2, "standard input: is no token response"),
        (("login", "shop", "--paste"), 1, "nothing was pasted"),
        (("revoke", "acme"), 2, "there is no terminal"),
    ],
)
def test_a_closed_standard_input_gives_nothing(
    studio: Studio, command: tuple[str, ...], status: int, words: str
) -> None:
    config = str(studio.folder / "bridge.yaml")
    program = [sys.executable, "-m", "tiktok_bridge", "--config", config, "auth"]
    closed = ["sh", "-c", 'exec "$@" <&-', "sh", *program, *command]
    done = subprocess.run(closed, capture_output=True, text=True, check=False)  # noqa: S603 - our own program

    assert done.returncode == status, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


# auth revoke


def test_a_revocation_ends_the_access_and_deletes_the_token(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    access = studio.sandbox.token()["access_token"]

    assert studio.run("auth", "revoke", "acme", "--yes") == 0
    assert "revoked acme: TikTok has ended the access" in capsys.readouterr().out
    assert stored(studio) is None
    assert not is_alive(studio, access)


def is_alive(studio: Studio, access: str) -> bool:
    with studio.bridge() as bridge:
        try:
            bridge.client.oauth.revoke(Secret(access))
        except Exception:  # noqa: BLE001 - whatever it is: TikTok does not know it
            return False
    return True


def test_a_dead_token_is_deleted_and_said_so(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    studio.sandbox.reset("token-revoked")

    assert studio.run("auth", "revoke", "acme", "--yes") == 0
    assert "it was dead at TikTok already" in capsys.readouterr().out
    assert stored(studio) is None


def test_an_old_token_is_renewed_so_that_the_access_ends(studio: Studio) -> None:
    studio.clock.sleep(2 * 86_400)
    with studio.bridge() as bridge:
        assert bridge.vault.revoke("acme")

    assert studio.calls("token") == 1
    assert stored(studio) is None
    assert not is_alive(studio, studio.sandbox.token()["access_token"])


def test_without_an_answer_the_token_stays_and_the_next_run_ends_it(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    studio.sandbox.faults("revoke", [{"kind": "reset_before_reply"}])
    assert studio.run("auth", "revoke", "acme", "--yes") == 1
    assert stored(studio)
    capsys.readouterr()

    assert studio.run("auth", "revoke", "acme", "--yes") == 0
    assert "it was dead at TikTok already" in capsys.readouterr().out
    assert stored(studio) is None


@pytest.mark.parametrize("fault", ["invalid_client", "server_error"])
def test_another_refusal_keeps_the_token(studio: Studio, fault: str) -> None:
    status = {"kind": "status", "status": 401, "code": fault}
    studio.sandbox.faults("revoke", [status])

    assert studio.run("auth", "revoke", "acme", "--yes") == 1
    assert stored(studio)


def test_without_a_terminal_nobody_can_confirm(
    studio: Studio, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open(os.devnull) as nothing:  # noqa: PTH123 - no path of ours
        monkeypatch.setattr("sys.stdin", nothing)
        assert studio.run("auth", "revoke", "acme") == 2

    assert "--yes" in capsys.readouterr().err
    assert stored(studio)


class Confirmation:
    """A revocation that asks at a terminal."""

    def __init__(self, studio: Studio) -> None:
        self._ours, end = pty.openpty()
        config = str(studio.folder / "bridge.yaml")
        command = [sys.executable, "-m", "tiktok_bridge", "--config", config]
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            [*command, "auth", "revoke", "acme"], stdin=end, stderr=subprocess.PIPE
        )
        os.close(end)
        self.said = ""

    def answer(self, typed: str, *, interrupt: bool = False) -> int:
        with self.process as process:
            assert process.stderr
            assert process.stderr.read(9) == b"type acme"
            if interrupt:
                process.send_signal(signal.SIGINT)
            os.write(self._ours, typed.encode())
            self.said = process.stderr.read().decode()
        os.close(self._ours)
        return process.returncode


@pytest.mark.parametrize("typed", ["other\n", "\n", "ACME\n", "y\n"])
def test_anything_but_the_name_revokes_nothing(studio: Studio, typed: str) -> None:
    assert Confirmation(studio).answer(typed) == 2

    assert studio.calls("revoke") == 0
    assert stored(studio)


def test_the_name_of_the_account_confirms(studio: Studio) -> None:
    assert Confirmation(studio).answer("acme\n") == 0

    assert stored(studio) is None


def test_the_question_names_who_loses_the_access_as_well(studio: Studio) -> None:
    assert give(studio, studio.sandbox.token(), account="twin") == 0
    asked = Confirmation(studio)

    assert asked.answer("\n") == 2
    assert "and that of twin, the same TikTok user" in asked.said


def test_ctrl_c_at_the_question_revokes_nothing(studio: Studio) -> None:
    asked = Confirmation(studio)
    assert asked.answer("acme\n", interrupt=True) == 130

    assert "\ninterrupted" in asked.said
    assert studio.calls("revoke") == 0


# From Python


def test_a_host_logs_in_with_two_calls_and_a_session_between(studio: Studio) -> None:
    with studio.bridge() as bridge:
        begun = bridge.begin_login(CALLBACK)
    session = {
        "redirect_uri": begun.redirect_uri,
        "state": begun.state.reveal(),
        "verifier": begun.verifier.reveal(),
    }
    _, _, query = studio.sandbox.login(begun.url, "studio").partition("?")
    kept = json.loads(json.dumps(session))
    again = Authorization(
        "", kept["redirect_uri"], Secret(kept["state"]), Secret(kept["verifier"])
    )

    with studio.bridge() as bridge:
        grant = bridge.finish_login("shop", again, query)
    assert (grant.account, grant.missing) == ("shop", ())
    assert grant.open_id
    assert grant.scopes == ("user.info.basic", "video.publish", "video.upload")
    assert stored(studio, "shop") == studio.sandbox.token("studio")["access_token"]


def test_a_login_of_somebody_else_is_refused_before_its_code_is_used(
    studio: Studio,
) -> None:
    with studio.bridge() as bridge:
        mine, other = bridge.begin_login(CALLBACK), bridge.begin_login(CALLBACK)
        _, _, query = studio.sandbox.login(other.url).partition("?")

        with pytest.raises(LoginError, match="does not belong to this login"):
            bridge.finish_login("shop", mine, query)
    assert studio.calls("token") == 0


async def log_in(studio: Studio) -> str | None:
    async with AsyncBridge.from_config(studio.folder / "bridge.yaml") as bridge:
        begun = bridge.begin_login(CALLBACK)
        _, _, query = studio.sandbox.login(begun.url, "studio").partition("?")
        return (await bridge.finish_login("shop", begun, query)).open_id


def test_asyncio_logs_in_as_well(studio: Studio) -> None:
    assert asyncio.run(log_in(studio))
    assert stored(studio, "shop")


def test_the_example_of_the_documents_logs_in(studio: Studio) -> None:
    text = (Path(__file__).parents[2] / "docs" / "python.md").read_text("utf-8")
    (example,) = re.findall(r"```python\n([^`]+begin_login[^`]+)```", text)
    host: dict[str, Any] = {}
    exec(example, host)  # noqa: S102 - our own document
    studio.sandbox.reset(platform="web")
    studio.configure("http://127.0.0.1:3455/callback/", "https://cms.example.com/a/")
    studio.configure("platform: desktop", "platform: web")
    session: dict[str, str] = {}

    with studio.bridge() as bridge:
        url = host["begin"](bridge, session)
        wish = ["video.upload", "video.publish"]
        _, _, query = studio.sandbox.login(url, "studio", wish).partition("?")
        said = host["finish"](bridge, session, "shop", query)
    assert said == "granted: video.publish, video.upload; not: user.info.basic"
    assert session == {}
