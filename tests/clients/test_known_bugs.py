"""Wrong plans of clients in other languages, refused in TikTok's words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiktok_bridge_sandbox.handle import TikTokSandbox

    Init = Callable[[int, int, int], dict[str, Any]]

MIB = 1_048_576


@pytest.fixture(params=["decimal", "binary"])
def init(request: pytest.FixtureRequest, tiktok_sandbox: TikTokSandbox) -> Init:
    tiktok_sandbox.reset(megabyte=request.param)
    token = tiktok_sandbox.token()["access_token"]

    def init(video_size: int, chunk_size: int, count: int) -> dict[str, Any]:
        plan = {
            "source": "FILE_UPLOAD",
            "video_size": video_size,
            "chunk_size": chunk_size,
            "total_chunk_count": count,
        }
        answer = httpx.post(
            f"{tiktok_sandbox.base_url}/v2/post/publish/video/init/",
            json={"post_info": {"privacy_level": "SELF_ONLY"}, "source_info": plan},
            headers={"Authorization": f"Bearer {token}"},
        )
        return dict(answer.json()["error"])

    return init


@pytest.mark.parametrize("chunk_size", [10_000_000, 10 * MIB, 20 * MIB])
def test_a_rounded_up_chunk_count_is_refused(init: Init, chunk_size: int) -> None:
    """As in github.com/HamzaHassanM/laravel-social-auto-post/issues/6."""
    video_size = 50_000_123

    error = init(video_size, chunk_size, math.ceil(video_size / chunk_size))

    assert error["code"] == "invalid_params"
    assert error["message"] == "The total chunk count is invalid"


@pytest.mark.parametrize("chunk_size", [10_000_000, 10 * MIB, 20 * MIB])
def test_the_same_count_rounded_down_is_accepted(init: Init, chunk_size: int) -> None:
    error = init(50_000_123, chunk_size, 50_000_123 // chunk_size)

    assert error["code"] == "ok"


@pytest.mark.parametrize("video_size", [66_259_900, 66_582_226, 94_000_000])
def test_64_000_000_for_a_video_of_less_than_two_such_chunks_is_refused(
    init: Init, video_size: int
) -> None:
    """As in github.com/DayMoonDevelopment/post-for-me/issues/327."""
    error = init(video_size, 64_000_000, video_size // 64_000_000)

    assert error["code"] == "invalid_params"
    assert error["message"] == "The chunk size is invalid"


def test_64_000_000_with_the_count_rounded_up_is_refused(init: Init) -> None:
    error = init(66_259_900, 64_000_000, 2)

    assert error["message"] == "The total chunk count is invalid"


def test_a_cover_time_in_the_wrong_place_has_no_effect(
    tiktok_sandbox: TikTokSandbox,
) -> None:
    """As in github.com/gitroomhq/postiz-app/issues/1443: init succeeds all the same."""
    source = {
        "source": "PULL_FROM_URL",
        "video_url": "https://media.example.com/a.mp4",
        "video_cover_timestamp_ms": 16_000,
    }

    answer = httpx.post(
        f"{tiktok_sandbox.base_url}/v2/post/publish/video/init/",
        json={"post_info": {"privacy_level": "SELF_ONLY"}, "source_info": source},
        headers={"Authorization": f"Bearer {tiktok_sandbox.token()['access_token']}"},
    )

    assert answer.json()["error"]["code"] == "ok"
    (post,) = tiktok_sandbox.state()["publishes"]
    assert post["post_info"] == {"privacy_level": "SELF_ONLY"}
