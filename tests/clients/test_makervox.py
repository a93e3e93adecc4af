"""makervox-publish, whose configuration file has a line for the base URL."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from makervox_publish import Config
from makervox_publish.errors import ReauthorizationRequired
from makervox_publish.platforms.tiktok import TikTokApiError, TikTokClient

from tests.clients.conftest import only_post, query_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.clients.conftest import Browser
    from tiktok_bridge_sandbox.handle import TikTokSandbox

WEB = "https://cms.example.com/tiktok/callback/"


@pytest.fixture
def connect(
    tiktok_sandbox: TikTokSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., TikTokClient]]:
    monkeypatch.setenv("TIKTOK_CLIENT_KEY", tiktok_sandbox.client_key)
    monkeypatch.setenv("TIKTOK_CLIENT_SECRET", tiktok_sandbox.client_secret)
    made: list[TikTokClient] = []

    def client(tokens: object = None, **upload: int) -> TikTokClient:
        store = tmp_path / "tokens.json"
        store.write_text(json.dumps(tokens or {}))
        base_url = tiktok_sandbox.base_url
        config = {
            "state": {"dir": str(tmp_path)},
            "accounts": {"acme": {"platforms": ["tiktok"]}},
            "token_stores": {
                "tiktok_tokens": {"impl": "file", "options": {"path": str(store)}}
            },
            "platforms": {
                "tiktok": {
                    "enabled": True,
                    "redirect_uri": WEB,
                    "scopes": "user.info.basic,video.publish,video.upload",
                    "api_base": f"{base_url}/v2",
                    "auth_base": f"{base_url}/v2/auth/authorize/",
                    "upload": upload,
                }
            },
        }
        made.append(TikTokClient.from_config(Config.from_mapping(config)))
        return made[-1]

    yield client
    for one in made:
        one.http.close()


@pytest.fixture
def tiktok(
    connect: Callable[..., TikTokClient], tiktok_sandbox: TikTokSandbox
) -> TikTokClient:
    """Return a client with a token that it must refresh before the first call."""
    return connect({"acme": tiktok_sandbox.token() | {"expires_at": 0}})


def test_a_login_on_the_web_needs_no_challenge(
    connect: Callable[..., TikTokClient],
    tiktok_sandbox: TikTokSandbox,
    browser: Browser,
) -> None:
    tiktok_sandbox.reset(platform="web", pkce="desktop-only")
    tiktok = connect()

    granted = query_of(browser.log_in(tiktok.authorize_url("acme")))
    tiktok.exchange_code("acme", granted["code"])

    assert granted["state"] == "acme"
    assert tiktok.auth.access_token("acme") == tiktok_sandbox.token()["access_token"]


def test_a_login_without_a_challenge_is_refused_where_one_is_wanted(
    connect: Callable[..., TikTokClient],
    tiktok_sandbox: TikTokSandbox,
    browser: Browser,
) -> None:
    tiktok_sandbox.reset(platform="web", pkce="always")

    shown = query_of(browser.log_in(connect().authorize_url("acme")))

    assert (shown["error_type"], shown["errCode"]) == ("code_challenge", "10007")


def test_it_refreshes_asks_the_creator_and_posts_once(
    tiktok: TikTokClient, tiktok_sandbox: TikTokSandbox, clip: Path
) -> None:
    publish_id = tiktok.direct_post("acme", str(clip), privacy_level="SELF_ONLY")
    tiktok_sandbox.advance(5)

    assert tiktok.confirm("acme", publish_id, attempts=1) == (True, "PUBLISH_COMPLETE")
    assert only_post(tiktok_sandbox, clip)["publish_id"] == publish_id
    assert tiktok_sandbox.state()["calls"]["token"] == 1


def test_its_floor_of_the_chunk_count_is_right(
    tiktok: TikTokClient, tiktok_sandbox: TikTokSandbox, film: Path
) -> None:
    tiktok.direct_post("acme", str(film), privacy_level="PUBLIC_TO_EVERYONE")

    post = only_post(tiktok_sandbox, film)
    assert post["chunks"] == [[0, 10_999_999], [11_000_000, 21_999_999]]


def test_a_draft_reaches_the_inbox(
    tiktok: TikTokClient, tiktok_sandbox: TikTokSandbox, film: Path
) -> None:
    publish_id = tiktok.post_to_inbox("acme", str(film))
    tiktok_sandbox.advance(5)

    settled = tiktok.confirm("acme", publish_id, attempts=1)
    assert settled == (True, "SEND_TO_USER_INBOX")
    assert only_post(tiktok_sandbox, film)["mode"] == "inbox"


def test_chunks_evened_out_below_five_megabytes_are_refused(
    connect: Callable[..., TikTokClient], tiktok_sandbox: TikTokSandbox, film: Path
) -> None:
    """Its smallest setting is lawful; its plan for 22 MB is five chunks of 4.4 MB."""
    tokens = {"acme": tiktok_sandbox.token() | {"expires_at": 4e9}}
    tiktok = connect(tokens, max_chunk_bytes=5_242_880)

    with pytest.raises(TikTokApiError) as refused:
        tiktok.direct_post("acme", str(film), privacy_level="SELF_ONLY")

    assert refused.value.api_message == "The chunk size is invalid"
    assert tiktok_sandbox.state()["publishes"] == []


def test_a_public_post_is_in_its_list_of_videos(
    tiktok: TikTokClient, tiktok_sandbox: TikTokSandbox, clip: Path
) -> None:
    tiktok.direct_post("acme", str(clip), "Spring", privacy_level="PUBLIC_TO_EVERYONE")
    tiktok_sandbox.advance(5)

    videos, _, has_more = tiktok.list_videos("acme")

    post_id = only_post(tiktok_sandbox, clip)["post_id"]
    assert [(str(video["id"]), video["title"]) for video in videos] == [
        (post_id, "Spring")
    ]
    assert not has_more


def test_numbers_need_a_scope_that_the_creator_did_not_grant(
    tiktok: TikTokClient,
) -> None:
    with pytest.raises(ReauthorizationRequired):
        tiktok.stats("acme")


def test_the_sixth_draft_is_told_that_five_are_pending(
    connect: Callable[..., TikTokClient], tiktok_sandbox: TikTokSandbox, clip: Path
) -> None:
    tiktok_sandbox.reset("pending-drafts")
    tiktok = connect({"acme": tiktok_sandbox.token() | {"expires_at": 4e9}})

    with pytest.raises(TikTokApiError) as refused:
        tiktok.post_to_inbox("acme", str(clip))

    assert refused.value.code == "spam_risk_too_many_pending_share"
    assert refused.value.log_id
