"""What a login brings is kept, and no code is spent in vain."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import httpx
import pytest

from tiktok_bridge import AppSettings, Bridge, LoginError, Secret, Settings, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = {"access_token": "act.a", "refresh_token": "rft.a", "expires_in": 86400}


class TikTok:
    """Answers every request with `says`, and remembers the forms."""

    def __init__(self) -> None:
        self.says: dict[str, Any] = dict(TOKEN, open_id="me", scope="video.upload")
        self.forms: list[dict[str, list[str]]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.forms.append(parse_qs(request.content.decode()))
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


def test_a_login_replaces_a_record_that_is_lost(bridge: Bridge, tmp_path: Path) -> None:
    log_in(bridge)
    (record,) = (tmp_path / "state" / "tokens").glob("*.record")
    sealed = json.loads(record.read_text())
    record.write_text(json.dumps(sealed | {"seq": sealed["seq"] + 1}))
    with pytest.raises(StoreError):
        bridge.vault.read("acme")

    assert log_in(bridge)
    assert bridge.vault.read("acme")
