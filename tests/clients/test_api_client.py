"""tiktok-api-client, which knows TikTok's address by heart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tiktok_api_client import TikTok

from tests.clients.conftest import hollow, only_post, query_of, refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.clients.conftest import Browser, Wire
    from tiktok_bridge_sandbox.handle import TikTokSandbox

    Answers = dict[str, Any]
    Connect = Callable[..., TikTok]

REDIRECT = "http://127.0.0.1:3455/callback/"
PHOTOS = {
    "photo_images": [
        "https://media.example.com/a.jpg",
        "https://media.example.com/b.webp",
    ]
}


@pytest.fixture
def connect(wire: Wire, tiktok_sandbox: TikTokSandbox) -> Connect:
    """Start the sandbox anew, and a client that got its tokens by a refresh."""
    assert wire.base_url == tiktok_sandbox.base_url

    def client(**switches: object) -> TikTok:
        tiktok_sandbox.reset("audited", **switches)
        key, secret = tiktok_sandbox.client_key, tiktok_sandbox.client_secret
        tiktok = TikTok(key, secret, REDIRECT)
        tiktok.refresh_access_token(tiktok_sandbox.token()["refresh_token"])
        return tiktok

    return client


@pytest.fixture
def tiktok(connect: Connect) -> TikTok:
    return connect()


def test_its_base64url_challenge_gets_a_code_that_it_cannot_redeem(
    tiktok: TikTok, wire: Wire, browser: Browser
) -> None:
    granted = query_of(browser.log_in(tiktok.get_authorization_url()))

    with pytest.raises(Exception, match="OAuth error: 400"):
        tiktok.exchange_code_for_token(granted["code"])

    refused = wire.answers[-1].json()
    assert refused["error"] == "invalid_request"
    assert refused["error_description"] == "Code verifier or code challenge is invalid."


def test_its_scopes_joined_by_spaces_are_refused(
    tiktok: TikTok, browser: Browser
) -> None:
    tiktok.AUTH_SCOPE = ["user.info.basic", "video.publish"]

    shown = query_of(browser.log_in(tiktok.get_authorization_url()))

    assert shown["scope"] == "user.info.basic video.publish"
    assert (shown["error"], shown["error_type"]) == ("invalid_scope", "scope")


def test_it_asks_the_creator_with_an_empty_body(tiktok: TikTok) -> None:
    answer = tiktok.get_creator_info()

    assert answer["error"]["code"] == "ok"
    assert "SELF_ONLY" in answer["data"]["privacy_level_options"]


def test_a_post_completes_once(
    connect: Connect, tiktok_sandbox: TikTokSandbox, clip: Path
) -> None:
    """It parses the upload host's last answer, of which no page shows a body."""
    tiktok = connect(upload_body="json")

    posted = post(tiktok, clip)
    tiktok_sandbox.advance(5)

    publish_id = posted["initial_response"]["data"]["publish_id"]
    answer = tiktok.check_upload_status(publish_id)
    assert answer["data"] == {"status": "PUBLISH_COMPLETE"}
    assert only_post(tiktok_sandbox, clip)["publish_id"] == publish_id


def test_where_the_upload_host_answers_nothing_the_post_completes_unnoticed(
    connect: Connect, tiktok_sandbox: TikTokSandbox, clip: Path
) -> None:
    tiktok = connect(upload_body="empty")

    with pytest.raises(Exception, match="Expecting value"):
        post(tiktok, clip)
    tiktok_sandbox.advance(5)

    assert only_post(tiktok_sandbox, clip)["status"] == "PUBLISH_COMPLETE"


def test_its_count_is_one_short_where_ten_mib_divide_the_video(
    tiktok: TikTok, tiktok_sandbox: TikTokSandbox, tmp_path: Path
) -> None:
    """Its count is the ceiling minus one: five chunks of 10 MiB for 60 MiB."""
    with pytest.raises(Exception, match="400") as refused:
        post(tiktok, hollow(tmp_path / "film.mp4", 62_914_560))

    assert refusal(str(refused.value))["message"] == "The total chunk count is invalid"
    assert tiktok_sandbox.state()["publishes"] == []


def test_its_count_is_right_where_a_rest_remains(
    connect: Connect, tiktok_sandbox: TikTokSandbox, tmp_path: Path
) -> None:
    tiktok = connect(upload_body="json")
    video = hollow(tmp_path / "film.mp4", 62_914_561)

    post(tiktok, video)

    assert only_post(tiktok_sandbox, video)["total_chunk_count"] == 6


def test_an_empty_answer_to_a_revocation_is_too_little_for_it(
    tiktok: TikTok, tiktok_sandbox: TikTokSandbox
) -> None:
    """The documented answer is empty, and the access is gone all the same."""
    with pytest.raises(Exception, match="Expecting value"):
        tiktok.revoke_access_token()

    with pytest.raises(Exception, match="access_token_invalid"):
        tiktok.get_creator_info()
    assert tiktok_sandbox.state()["calls"]["revoke"] == 1


def test_a_draft_sent_to_the_endpoint_of_posts_is_refused(
    tiktok: TikTok, clip: Path
) -> None:
    """It sends a bare source_info to video/init and means the inbox."""
    with pytest.raises(Exception, match="400") as refused:
        post(tiktok, clip, kind="UPLOAD_VIDEO_FILE")

    assert refusal(str(refused.value))["code"] == "invalid_params"


def test_its_photos_are_pulled_and_posted_once(
    tiktok: TikTok, tiktok_sandbox: TikTokSandbox
) -> None:
    posted = tiktok.create_photo("DIRECT_POST", "Lookbook", "SELF_ONLY", **PHOTOS)
    tiktok_sandbox.advance(5)

    publish_id = posted["photo_upload_response"]["data"]["publish_id"]
    answer = tiktok.check_upload_status(publish_id)
    assert answer["data"]["status"] == "PUBLISH_COMPLETE"
    assert len(tiktok_sandbox.state()["publishes"]) == 1


def test_its_draft_of_photos_reaches_the_inbox(
    tiktok: TikTok, tiktok_sandbox: TikTokSandbox
) -> None:
    posted = tiktok.create_photo("MEDIA_UPLOAD", "Lookbook", "SELF_ONLY", **PHOTOS)
    tiktok_sandbox.advance(5)

    publish_id = posted["photo_upload_response"]["data"]["publish_id"]
    answer = tiktok.check_upload_status(publish_id)
    assert answer["data"]["status"] == "SEND_TO_USER_INBOX"


def test_its_video_is_pulled_from_a_verified_domain_and_from_no_other(
    tiktok: TikTok, tiktok_sandbox: TikTokSandbox
) -> None:
    kind = ("PULL_FROM_URL", "POST_VIDEO_URL", "Spring", "SELF_ONLY")

    answer = tiktok.create_video(*kind, video_url="https://media.example.com/a.mp4")
    with pytest.raises(Exception, match=r"403.*url_ownership_unverified"):
        tiktok.create_video(*kind, video_url="https://media.example.org/a.mp4")

    assert answer["data"]["publish_id"].startswith("v_pub_url~")
    assert len(tiktok_sandbox.state()["publishes"]) == 1


def post(tiktok: TikTok, video: Path, kind: str = "POST_VIDEO_FILE") -> Answers:
    source = ("FILE_UPLOAD", kind, "Spring", "SELF_ONLY")
    return dict(tiktok.create_video(*source, video_path=str(video)))
