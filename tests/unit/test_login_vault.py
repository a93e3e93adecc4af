"""What a login brings is kept, and no code is spent in vain."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import httpx
import pytest

from tiktok_bridge import (
    AppSettings,
    Bridge,
    BridgeError,
    LoginError,
    NetworkError,
    RefusedError,
    Secret,
    Settings,
    StoreError,
    TokenError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = {"access_token": "act.a", "refresh_token": "rft.a", "expires_in": 86400}


class TikTok:
    """Answers every request with `says`, and remembers the forms."""

    def __init__(self) -> None:
        self.says: dict[str, Any] = dict(TOKEN, open_id="me", scope="video.upload")
        self.forms: list[dict[str, list[str]]] = []
        self.failure: Exception | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.forms.append(parse_qs(request.content.decode()))
        if self.failure:
            raise self.failure
        return httpx.Response(200, json=self.says)


@pytest.fixture
def tiktok() -> TikTok:
    return TikTok()


@pytest.fixture
def bridge(tmp_path: Path, tiktok: TikTok) -> Iterator[Bridge]:
    app = AppSettings(
        client_key="aw",
        client_secret=Secret("s"),
        redirect_uri="http://127.0.0.1:3455/callback/",
    )
    settings = Settings(app=app, folder=tmp_path)
    with Bridge(settings, transport=httpx.MockTransport(tiktok)) as bridge:
        yield bridge


def log_in(bridge: Bridge, more: str = "", **options: bool) -> tuple[str, ...]:
    begun = bridge.begin_login()
    query = f"code=c%2A%21&state={begun.state.reveal()}{more}"
    return bridge.finish_login("acme", begun, query, **options).scopes


def test_the_exchange_carries_what_the_login_began_with(
    bridge: Bridge, tiktok: TikTok
) -> None:
    begun = bridge.begin_login()
    bridge.finish_login("acme", begun, f"code=c%2A%21&state={begun.state.reveal()}")

    (form,) = tiktok.forms
    assert form["code"] == ["c*!"]
    assert form["code_verifier"] == [begun.verifier.reveal()]
    assert form["redirect_uri"] == ["http://127.0.0.1:3455/callback/"]


def test_scopes_that_the_answer_does_not_name_come_from_the_redirect(
    bridge: Bridge, tiktok: TikTok
) -> None:
    del tiktok.says["scope"]

    assert log_in(bridge, "&scopes=video.publish%2Cvideo.upload") == (
        "video.publish",
        "video.upload",
    )
    token = bridge.vault.read("acme")
    assert token
    assert token.scopes == ("video.publish", "video.upload")


def test_scopes_that_the_answer_names_are_believed(bridge: Bridge) -> None:
    assert log_in(bridge, "&scopes=video.publish") == ("video.upload",)


def test_scopes_that_nobody_names_are_not_called_missing(
    bridge: Bridge, tiktok: TikTok
) -> None:
    del tiktok.says["scope"]
    begun = bridge.begin_login()

    grant = bridge.finish_login("acme", begun, f"code=c&state={begun.state.reveal()}")
    assert (grant.scopes, grant.missing) == ((), ())


def test_missing_scopes_are_those_that_were_asked_for(bridge: Bridge) -> None:
    begun = bridge.begin_login()

    grant = bridge.finish_login("acme", begun, f"code=c&state={begun.state.reveal()}")
    assert grant.missing == ("user.info.basic", "video.publish")


def test_no_code_is_spent_for_a_token_that_cannot_be_sealed(
    bridge: Bridge, tiktok: TikTok, tmp_path: Path
) -> None:
    log_in(bridge)
    (tmp_path / "state" / "keys.json").write_text("{}")
    tiktok.forms.clear()

    with pytest.raises(StoreError):
        log_in(bridge)
    assert tiktok.forms == []


def test_another_user_is_refused_and_the_old_token_stays(
    bridge: Bridge, tiktok: TikTok
) -> None:
    log_in(bridge)
    tiktok.says |= {"open_id": "you", "access_token": "act.you"}

    with pytest.raises(LoginError, match="'acme' is me here, and this is you"):
        log_in(bridge)
    token = bridge.vault.read("acme")
    assert token
    assert token.access_token == Secret("act.a")
    assert log_in(bridge, switch_user=True)


def test_a_token_that_names_no_user_replaces_any(
    bridge: Bridge, tiktok: TikTok
) -> None:
    log_in(bridge)
    tiktok.says |= {"open_id": None}

    assert log_in(bridge)


def kept(folder: Path) -> list[Path]:
    """Return the files of acme's record and of its copy."""
    return [folder / "state" / "tokens" / f"acme.{end}" for end in ("record", "prev")]


def test_a_login_replaces_a_record_that_is_lost(bridge: Bridge, tmp_path: Path) -> None:
    log_in(bridge)
    for record in kept(tmp_path):
        sealed = json.loads(record.read_text())
        record.write_text(json.dumps(sealed | {"seq": sealed["seq"] + 1}))
    with pytest.raises(StoreError):
        bridge.vault.read("acme")

    assert log_in(bridge)
    assert bridge.vault.read("acme")


def refuse(code: str) -> dict[str, str]:
    return {"error": code, "error_description": "No", "log_id": "L"}


def refreshed(bridge: Bridge) -> BridgeError:
    with pytest.raises(BridgeError) as told:
        bridge.vault.refresh("acme")
    return told.value


@pytest.mark.parametrize("failure", [httpx.ConnectError("refused"), "invalid_client"])
def test_a_renewal_that_lost_nothing_is_not_called_unfinished(
    bridge: Bridge, tiktok: TikTok, failure: Exception | str
) -> None:
    log_in(bridge)
    before = bridge.vault.read("acme")
    if isinstance(failure, str):
        tiktok.says = refuse(failure)
    else:
        tiktok.failure = failure

    refreshed(bridge)
    assert bridge.vault.read("acme") == before


def test_a_renewal_whose_answer_was_lost_stays_noted_until_tiktok_refuses_it(
    bridge: Bridge, tiktok: TikTok
) -> None:
    log_in(bridge)
    tiktok.failure = httpx.ReadTimeout("late")
    refreshed(bridge)
    lost = bridge.vault.read("acme")
    assert lost
    assert lost.renewal_began_at
    tiktok.failure, tiktok.says = None, refuse("invalid_client")
    refreshed(bridge)
    assert bridge.vault.read("acme") == lost

    tiktok.says = refuse("invalid_grant")
    error = refreshed(bridge)
    assert isinstance(error, TokenError)
    assert "its end was never told" in error.message
    assert error.hint
    assert error.hint.endswith("auth login acme")
    dead = bridge.vault.read("acme")
    assert dead
    assert (dead.renewal_began_at, dead.refresh_token) == (None, None)
    assert dead.expires_at > 0, "not 1970"


@pytest.mark.parametrize("code", ["server_error", "temporarily_unavailable"])
def test_a_renewal_in_which_tiktok_failed_stays_noted(
    bridge: Bridge, tiktok: TikTok, code: str
) -> None:
    log_in(bridge)
    tiktok.says = refuse(code)
    refreshed(bridge)

    unknown = bridge.vault.read("acme")
    assert unknown
    assert unknown.renewal_began_at


def test_a_code_whose_answer_is_lost_is_not_offered_again(
    bridge: Bridge, tiktok: TikTok
) -> None:
    tiktok.failure = httpx.ReadTimeout("late")

    with pytest.raises(NetworkError) as told:
        log_in(bridge)
    assert not told.value.retryable
    assert told.value.hint
    assert "begin the login anew" in told.value.hint


def test_a_code_that_never_left_may_be_offered_again(
    bridge: Bridge, tiktok: TikTok
) -> None:
    tiktok.failure = httpx.ConnectError("refused")

    with pytest.raises(NetworkError) as told:
        log_in(bridge)
    assert told.value.retryable
    assert "used" not in (told.value.hint or "")


def test_an_answer_that_is_none_has_used_the_code_up(
    bridge: Bridge, tiktok: TikTok
) -> None:
    tiktok.says = {"hello": "world"}

    with pytest.raises(BridgeError, match="access_token") as told:
        log_in(bridge)
    assert not told.value.retryable


def test_a_refused_code_is_not_advised_about_as_a_token(
    bridge: Bridge, tiktok: TikTok
) -> None:
    tiktok.says = refuse("invalid_grant")

    with pytest.raises(RefusedError) as told:
        log_in(bridge)
    assert told.value.hint
    assert told.value.hint.startswith("begin the login anew")
    assert bridge.vault.accounts() == [], "what was written first did not stay"


def test_a_login_that_fails_leaves_a_record_as_it_was(
    bridge: Bridge, tiktok: TikTok
) -> None:
    log_in(bridge)
    before = bridge.vault.read("acme")
    tiktok.says = refuse("invalid_grant")

    with pytest.raises(RefusedError):
        log_in(bridge)
    assert bridge.vault.read("acme") == before


@pytest.mark.parametrize("form", ["bytes", "address", "path"])
def test_the_redirect_may_be_given_in_any_form(bridge: Bridge, form: str) -> None:
    begun = bridge.begin_login()
    query = f"code=c%2A%21&state={begun.state.reveal()}"
    given: dict[str, str | bytes] = {
        "bytes": query.encode(),
        "address": f"{begun.redirect_uri}?{query}#_=_",
        "path": f"/callback/?{query}",
    }

    assert bridge.finish_login("acme", begun, given[form]).open_id == "me"


def test_a_damaged_record_says_how_it_is_replaced(
    bridge: Bridge, tmp_path: Path
) -> None:
    log_in(bridge)
    for record in kept(tmp_path):
        record.write_text("{}")

    with pytest.raises(StoreError, match="damaged") as told:
        bridge.vault.revoke("acme")
    assert told.value.hint
    assert told.value.hint.endswith("tiktok-bridge auth login acme")
