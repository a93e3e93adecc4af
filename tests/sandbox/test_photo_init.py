"""Which posts of photos are opened."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

    from tests.sandbox.conftest import Person

PHOTO = "https://cdn.example.com/acme/one.jpg"
FACE = "\N{GRINNING FACE}"
BAD_MODE = "Invalid media_type or post_mode"
BAD_SOURCE = "The request source info is empty or incorrect"


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def message_of(answer: httpx.Response) -> tuple[str, str]:
    error = answer.json()["error"]
    return error["code"], error["message"]


def info(**fields: object) -> dict[str, object]:
    return {"privacy_level": "SELF_ONLY"} | fields


def source(*urls: object, **changes: object) -> dict[str, object]:
    return {"source": "PULL_FROM_URL", "photo_images": list(urls)} | changes


@pytest.mark.parametrize("level", ["SELF_ONLY", None])
def test_photos_open_a_publish_and_no_upload(acme: Person, level: str | None) -> None:
    data = acme.photos(level=level).json()["data"]

    assert list(data) == ["publish_id"]
    assert re.fullmatch(r"p_pub_url~v2\.\d{19}", data["publish_id"])


def test_the_state_keeps_what_was_said_about_photos(acme: Person) -> None:
    said = info(title="One", description="More", auto_add_music=True)
    acme.photos(PHOTO, PHOTO + "?2", post_info=said, is_aigc=True)

    publish = acme.sandbox.state()["publishes"][0]

    assert (publish["medium"], publish["mode"]) == ("photo", "direct")
    assert (publish["transfer"], publish["urls"]) == ("pull", [PHOTO, PHOTO + "?2"])
    assert (publish["post_info"], publish["is_ai_generated"]) == (said, True)


def test_photos_complete_once_they_are_downloaded(acme: Person) -> None:
    acme.sandbox.reset(pull_seconds=100, processing_seconds=50)
    publish_id = acme.photos().json()["data"]["publish_id"]

    first = acme.status(publish_id).json()["data"]
    acme.sandbox.advance(150)

    assert first["status"] == "PROCESSING_DOWNLOAD"
    assert acme.status(publish_id).json()["data"] == {"status": "PUBLISH_COMPLETE"}


def test_a_draft_of_photos_ends_in_the_inbox(acme: Person) -> None:
    publish_id = acme.photos(level=None).json()["data"]["publish_id"]
    acme.sandbox.advance(60)

    assert acme.status(publish_id).json()["data"] == {"status": "SEND_TO_USER_INBOX"}


@pytest.mark.parametrize(
    "changes",
    [{"media_type": "VIDEO"}, {"post_mode": "DIRECT POST"}, {"post_mode": "INBOX"}],
)
def test_another_medium_or_mode_is_refused_with_the_recorded_text(
    acme: Person, changes: dict[str, Any]
) -> None:
    assert message_of(acme.photos(**changes)) == ("invalid_params", BAD_MODE)


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": "FILE_UPLOAD", "photo_images": [PHOTO]},
        source(),
        source(*[PHOTO] * 36),
        source(PHOTO, photo_cover_index=1),
        source("no url"),
        {},
    ],
)
def test_an_unusable_source_is_refused_with_the_recorded_text(
    acme: Person, wrong: dict[str, object]
) -> None:
    assert message_of(acme.photos(source_info=wrong)) == ("invalid_params", BAD_SOURCE)


def test_thirty_five_photos_are_admitted_and_the_last_may_be_the_cover(
    acme: Person,
) -> None:
    many = source(*[PHOTO] * 35, photo_cover_index=34)

    assert code_of(acme.photos(source_info=many)) == (200, "ok")


@pytest.mark.parametrize(("field", "most"), [("title", 90), ("description", 4_000)])
def test_the_texts_of_photos_are_counted_in_utf16_units(
    acme: Person, field: str, most: int
) -> None:
    fits = acme.photos(post_info=info(**{field: FACE * (most // 2)}))
    long = acme.photos(post_info=info(**{field: FACE * (most // 2) + "a"}))

    assert (code_of(fits)[1], code_of(long)[1]) == ("ok", "invalid_params")


def test_a_direct_post_of_photos_needs_an_offered_level(acme: Person) -> None:
    refused = (403, "privacy_level_option_mismatch")

    assert code_of(acme.photos(post_info={"title": "One"})) == refused
    assert code_of(acme.photos(level="FOLLOWER_OF_CREATOR")) == refused


def test_photos_of_an_unaudited_app_are_refused_like_videos(acme: Person) -> None:
    acme.sandbox.reset("unaudited-public-account")

    direct, draft = acme.photos(), acme.photos(level=None)

    assert code_of(direct) == (
        403,
        "unaudited_client_can_only_post_to_private_accounts",
    )
    assert code_of(draft) == (200, "ok")


def test_each_mode_of_photos_needs_its_own_scope(acme: Person) -> None:
    acme.sandbox.reset("scope-missing")

    assert code_of(acme.photos()) == (401, "scope_not_authorized")
    assert code_of(acme.photos(level=None)) == (200, "ok")


@pytest.mark.parametrize(
    ("scenario", "level", "code"),
    [
        ("daily-cap", "SELF_ONLY", "spam_risk_too_many_posts"),
        ("user-cap", "SELF_ONLY", "reached_active_user_cap"),
        ("banned", "SELF_ONLY", "spam_risk_user_banned_from_posting"),
        ("banned", None, "spam_risk_user_banned_from_posting"),
        ("pending-drafts", None, "spam_risk_too_many_pending_share"),
        ("url-unverified", "SELF_ONLY", "url_ownership_unverified"),
    ],
)
def test_the_caps_hold_for_photos(
    acme: Person, scenario: str, level: str | None, code: str
) -> None:
    acme.sandbox.reset(scenario)

    assert code_of(acme.photos(level=level)) == (403, code)


def test_an_old_app_takes_no_drafts_of_photos(acme: Person) -> None:
    acme.sandbox.reset(app_version="old")

    assert code_of(acme.photos(level=None)) == (400, "app_version_check_failed")
    assert code_of(acme.photos()) == (200, "ok")


@pytest.mark.parametrize(
    ("spelling", "admitted"),
    [
        ("underscore", ["DIRECT_POST"]),
        ("space", ["DIRECT POST"]),
        ("either", ["DIRECT_POST", "DIRECT POST"]),
    ],
)
def test_the_direct_mode_is_spelt_as_the_switch_says(
    acme: Person, spelling: str, admitted: list[str]
) -> None:
    acme.sandbox.reset(photo_post_mode=spelling)

    found = [
        mode
        for mode in ("DIRECT_POST", "DIRECT POST")
        if acme.photos(post_mode=mode).status_code == 200
    ]

    assert found == admitted


@pytest.mark.parametrize(
    ("place", "top", "inner"),
    [
        ("top-level", "ok", "invalid_params"),
        ("post-info", "invalid_params", "ok"),
        ("refused", "invalid_params", "invalid_params"),
    ],
)
def test_the_label_of_photos_stands_where_the_switch_says(
    acme: Person, place: str, top: str, inner: str
) -> None:
    acme.sandbox.reset(photo_ai_label=place, unknown_fields="refuse")

    codes = [
        code_of(acme.photos(is_aigc=True))[1],
        code_of(acme.photos(post_info=info(is_aigc=True)))[1],
    ]

    assert codes == [top, inner]
    labelled = [p["is_ai_generated"] for p in acme.sandbox.state()["publishes"]]
    assert all(labelled)


def test_brand_toggles_can_be_required_of_photos(acme: Person) -> None:
    acme.sandbox.reset(brand_toggles_required=True)
    toggles = {"brand_content_toggle": False, "brand_organic_toggle": False}

    assert code_of(acme.photos()) == (400, "invalid_params")
    assert code_of(acme.photos(post_info=info(**toggles))) == (200, "ok")
    assert code_of(acme.photos(level=None)) == (200, "ok")
