"""tiktok-creator-mcp, which takes every envelope for an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tiktok_creator_mcp.tiktok_api import TikTokAPI, VideoMetadata

from tests.clients.conftest import hollow

if TYPE_CHECKING:
    from pathlib import Path

    from tiktok_bridge_sandbox.handle import TikTokSandbox


@pytest.fixture
def tiktok(tiktok_sandbox: TikTokSandbox, monkeypatch: pytest.MonkeyPatch) -> TikTokAPI:
    base_url = f"{tiktok_sandbox.base_url}/v2"
    monkeypatch.setattr(TikTokAPI, "BASE_URL", base_url)
    monkeypatch.setattr(TikTokAPI, "TOKEN_URL", f"{base_url}/oauth/token/")
    tokens = tiktok_sandbox.token()
    return TikTokAPI(
        tiktok_sandbox.client_key,
        tiktok_sandbox.client_secret,
        tokens["access_token"],
        tokens["refresh_token"],
    )


def test_it_refreshes(tiktok: TikTokAPI, tiktok_sandbox: TikTokSandbox) -> None:
    tiktok.refresh_access_token()

    assert tiktok.access_token == tiktok_sandbox.token()["access_token"]
    assert tiktok.refresh_token == tiktok_sandbox.token()["refresh_token"]


def test_it_mistakes_the_code_ok_for_an_error(
    tiktok: TikTokAPI, tiktok_sandbox: TikTokSandbox, clip: Path
) -> None:
    """Every success says ``"error": {"code": "ok"}``, at TikTok as here."""
    with pytest.raises(Exception, match=r"API error: \{'code': 'ok'"):
        tiktok.post_video(str(clip), VideoMetadata("Spring"))

    (opened,) = tiktok_sandbox.state()["publishes"]
    assert (opened["received"], opened["status"]) == (0, "PROCESSING_UPLOAD")


def test_fields_in_the_body_of_a_list_are_not_seen(tiktok: TikTokAPI) -> None:
    """The endpoint reads them from the query."""
    with pytest.raises(Exception, match="'code': 'invalid_params'"):
        tiktok.get_video_list()


def test_one_chunk_of_158_megabytes_is_refused(
    tiktok: TikTokAPI, tiktok_sandbox: TikTokSandbox, tmp_path: Path
) -> None:
    """A file of this size was recorded to be refused with these words."""
    video = hollow(tmp_path / "film.mp4", 158_008_374)

    with pytest.raises(Exception, match="'message': 'The chunk size is invalid'"):
        tiktok.post_video(str(video), VideoMetadata("Spring"))

    assert tiktok_sandbox.state()["publishes"] == []
