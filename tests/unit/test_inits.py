"""What a person wrote reaches TikTok in TikTok's words, and nothing else does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.conversation import PHOTOS, PULL, VIDEO
from tiktok_bridge import Allow, ConfigError, Disclose, Post, Pull, plan_chunks
from tiktok_bridge.tiktok.inits import translate

PLAN = plan_chunks(50_000_123)
TWO = Pull(PHOTOS.photos)


def test_a_video_is_announced_with_everything_that_the_table_calls_required() -> None:
    path, body = translate(VIDEO, "direct", PLAN)

    assert path == "/v2/post/publish/video/init/"
    assert body == {
        "post_info": {
            "title": "é",
            "privacy_level": "SELF_ONLY",
            "disable_comment": True,
            "disable_duet": True,
            "disable_stitch": True,
            "brand_content_toggle": False,
            "brand_organic_toggle": False,
            "is_aigc": False,
        },
        "source_info": {
            "source": "FILE_UPLOAD",
            "video_size": 50_000_123,
            "chunk_size": PLAN.chunk_size,
            "total_chunk_count": PLAN.total_chunk_count,
        },
    }


def test_every_choice_of_a_video_is_passed_on() -> None:
    post = replace(
        VIDEO,
        allow=Allow(comment=True, duet=True, stitch=True),
        disclose=Disclose(your_brand=True, branded_content=True),
        ai_generated=True,
        cover_at=1.5,
        privacy="PUBLIC_TO_EVERYONE",
    )
    info = translate(post, "direct", PLAN)[1]["post_info"]

    assert info == {
        "title": "é",
        "privacy_level": "PUBLIC_TO_EVERYONE",
        "disable_comment": False,
        "disable_duet": False,
        "disable_stitch": False,
        "brand_content_toggle": True,
        "brand_organic_toggle": True,
        "is_aigc": True,
        "video_cover_timestamp_ms": 1500,
    }


def test_a_draft_has_no_post_info() -> None:
    path, body = translate(VIDEO, "inbox", PLAN)

    assert path == "/v2/post/publish/inbox/video/init/"
    assert list(body) == ["source_info"]


@pytest.mark.parametrize("mode", ["direct", "inbox"])
def test_a_pulled_video_names_its_address_and_no_size(mode: str) -> None:
    body = translate(VIDEO, mode, PULL)[1]

    assert body["source_info"] == {
        "source": "PULL_FROM_URL",
        "video_url": "https://media.example.com/a.mp4",
    }


def test_photos_are_posted_as_the_reference_says() -> None:
    path, body = translate(PHOTOS, "direct", TWO)

    assert path == "/v2/post/publish/content/init/"
    assert body == {
        "media_type": "PHOTO",
        "post_mode": "DIRECT_POST",
        "post_info": {
            "title": "Look",
            "description": "Two",
            "privacy_level": "SELF_ONLY",
            "disable_comment": True,
            "auto_add_music": False,
            "brand_content_toggle": False,
            "brand_organic_toggle": False,
        },
        "source_info": {
            "source": "PULL_FROM_URL",
            "photo_images": list(PHOTOS.photos),
            "photo_cover_index": 1,
        },
    }


def test_photos_for_the_inbox_carry_their_text_and_nothing_for_a_direct_post() -> None:
    body = translate(PHOTOS, "inbox", TWO)[1]

    assert body["post_mode"] == "MEDIA_UPLOAD"
    assert body["post_info"] == {"title": "Look", "description": "Two"}


def test_the_label_of_photos_made_by_ai_is_at_the_top_level() -> None:
    body = translate(replace(PHOTOS, ai_generated=True), "direct", TWO)[1]

    assert body["is_aigc"] is True
    assert "is_aigc" not in body["post_info"]


def test_photos_cannot_be_uploaded() -> None:
    with pytest.raises(ConfigError, match="are pulled"):
        translate(PHOTOS, "direct", PLAN)


WRONG = {
    "no mode": (VIDEO, "draft", PULL, "is no mode"),
    "another mode": (VIDEO, "MEDIA_UPLOAD", PULL, "is no mode"),
    "a draft published": (
        replace(VIDEO, mode="inbox"),
        "direct",
        PULL,
        "for the inbox",
    ),
    "no privacy": (replace(VIDEO, privacy=None), "direct", PULL, "nobody said who"),
    "two videos": (VIDEO, "direct", TWO, "from one address"),
    "too few photos": (PHOTOS, "direct", PULL, "one address for each"),
    "no cover": (replace(VIDEO, cover_at=float("nan")), "direct", PULL, "cover_at"),
}


@pytest.mark.parametrize(("post", "mode", "source", "said"), WRONG.values(), ids=WRONG)
def test_what_nobody_asked_for_is_not_sent(
    post: Post, mode: str, source: Pull, said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        translate(post, mode, source)


@pytest.mark.parametrize("urls", [(), "https://media.example.com/a.jpg", ["a"]])
def test_addresses_are_a_tuple(urls: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError, match="as a tuple"):
        Pull(urls)
