"""Which direct posts are opened."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.sandbox.conftest import Person


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def source(**changes: object) -> dict[str, object]:
    usual = {
        "source": "FILE_UPLOAD",
        "video_size": 64,
        "chunk_size": 64,
        "total_chunk_count": 1,
    }
    return usual | changes


def test_an_init_opens_an_upload(acme: Person) -> None:
    data = acme.init().json()["data"]

    assert re.fullmatch(r"v_pub_file~v2-1\.\d{19}", data["publish_id"])
    assert re.fullmatch(
        r"http://127\.0\.0\.1:\d+/upload\?upload_id=\d{19}&upload_token=[\da-f-]{36}",
        data["upload_url"],
    )


def test_a_level_that_was_not_offered_is_refused(acme: Person) -> None:
    answer = acme.init("FOLLOWER_OF_CREATOR")

    assert code_of(answer) == (403, "privacy_level_option_mismatch")
    assert "data" not in answer.json()


def test_a_missing_level_is_not_defaulted(acme: Person) -> None:
    answer = acme.post("video/init", {"post_info": {}, "source_info": source()})

    assert code_of(answer) == (403, "privacy_level_option_mismatch")


def test_a_caption_is_counted_in_utf16_units(acme: Person) -> None:
    face = "\N{GRINNING FACE}"

    assert code_of(acme.init(post_info={"title": face * 1_100})) == (200, "ok")
    assert code_of(acme.init(post_info={"title": face * 1_101})) == (
        400,
        "invalid_params",
    )


@pytest.mark.parametrize(
    "post_info",
    [
        {"titel": "misspelt"},
        {"title": 7},
        {"title": None},
        {"disable_duet": "false"},
        {"is_aigc": 1},
        {"video_cover_timestamp_ms": 1.5},
        {"video_cover_timestamp_ms": True},
        {"video_cover_timestamp_ms": 2**31},
    ],
)
def test_an_unknown_or_mistyped_field_is_refused(
    acme: Person, post_info: dict[str, object]
) -> None:
    acme.sandbox.reset(unknown_fields="refuse")
    assert code_of(acme.init(post_info=post_info)) == (400, "invalid_params")


@pytest.mark.parametrize(
    "body",
    [
        {"source_info": source()},
        {"post_info": {"privacy_level": "SELF_ONLY"}},
        {"post_info": [], "source_info": source()},
        {"post_info": {"privacy_level": "SELF_ONLY"}, "source_info": {}},
        {
            "post_info": {"privacy_level": "SELF_ONLY"},
            "source_info": source(video_size="64"),
        },
        {
            "post_info": {"privacy_level": "SELF_ONLY"},
            "source_info": {"source": "FILE_UPLOAD", "video_size": 64},
        },
        {"post_info": {}, "source_info": source(), "post_mode": "DIRECT_POST"},
        [],
    ],
)
def test_a_body_of_another_shape_is_refused(acme: Person, body: object) -> None:
    acme.sandbox.reset(unknown_fields="refuse")
    assert code_of(acme.post("video/init", body)) == (400, "invalid_params")


@pytest.mark.parametrize("kind", ["text/plain", "application/json; charset=latin1", ""])
def test_a_body_that_does_not_say_json_is_refused(acme: Person, kind: str) -> None:
    answer = acme.post_raw("video/init", b"{}", {"Content-Type": kind})

    assert code_of(answer) == (400, "invalid_params")


@pytest.mark.parametrize(
    "body", [b'{"post', b"\xff", b'{"a": "\\ud800"}', b'{"a": NaN}']
)
def test_broken_json_is_refused(acme: Person, body: bytes) -> None:
    kind = {"Content-Type": "application/json; charset=UTF-8"}

    answer = acme.post_raw("video/init", body, kind)

    assert code_of(answer) == (400, "invalid_params")


def test_the_code_for_a_bad_argument_can_be_singular(acme: Person) -> None:
    acme.sandbox.reset(invalid_code="invalid_param")

    assert code_of(acme.init(post_info={"title": 7})) == (400, "invalid_param")


def test_pulling_is_refused_because_no_domain_is_verified(acme: Person) -> None:
    pull = {"source": "PULL_FROM_URL", "video_url": "https://example.com/a.mp4"}
    body = {"post_info": {"privacy_level": "SELF_ONLY"}, "source_info": pull}

    assert code_of(acme.post("video/init", body)) == (403, "url_ownership_unverified")


def test_brand_toggles_can_be_made_required(acme: Person) -> None:
    acme.sandbox.reset(brand_toggles_required=True)

    toggles = {"brand_content_toggle": False, "brand_organic_toggle": False}

    assert code_of(acme.init()) == (400, "invalid_params")
    assert code_of(acme.init(post_info=toggles)) == (200, "ok")


@pytest.mark.parametrize("level", ["SELF_ONLY", "PUBLIC_TO_EVERYONE", "NONSENSE"])
def test_an_unaudited_app_is_refused_on_a_public_account_at_any_level(
    meet: Callable[[str], Person], level: str
) -> None:
    shop = meet("shop")
    shop.sandbox.reset("demo")

    answer = shop.init(level)

    assert code_of(answer) == (
        403,
        "unaudited_client_can_only_post_to_private_accounts",
    )
    assert answer.json()["error"]["message"] == (
        "Please review our integration guidelines at "
        "https://developers.tiktok.com/doc/content-sharing-guidelines/"
    )


@pytest.mark.parametrize(
    ("level", "code"),
    [
        ("SELF_ONLY", "ok"),
        (
            "FOLLOWER_OF_CREATOR",
            "unaudited_client_can_only_post_to_private_accounts",
        ),
        ("PUBLIC_TO_EVERYONE", "privacy_level_option_mismatch"),
    ],
)
def test_an_unaudited_app_may_post_to_a_private_account_for_its_owner_only(
    acme: Person, level: str, code: str
) -> None:
    acme.sandbox.reset("unaudited-private-account")

    assert code_of(acme.init(level))[1] == code


def test_an_unaudited_post_can_be_narrowed_in_silence(acme: Person) -> None:
    acme.sandbox.reset("unaudited-silent-self-only")

    publish_id = acme.publish("PUBLIC_TO_EVERYONE")
    acme.sandbox.advance(60)

    assert acme.status(publish_id).json()["data"] == {
        "status": "PUBLISH_COMPLETE",
        "privacy_level": "SELF_ONLY",
    }


@pytest.mark.parametrize(
    ("scenario", "code"),
    [
        ("banned", "spam_risk_user_banned_from_posting"),
        ("daily-cap", "spam_risk_too_many_posts"),
        ("user-cap", "reached_active_user_cap"),
    ],
)
def test_a_blocked_creator_cannot_post(acme: Person, scenario: str, code: str) -> None:
    acme.sandbox.reset(scenario)

    assert code_of(acme.init()) == (403, code)


def test_the_mismatch_can_come_with_http_400(acme: Person) -> None:
    acme.sandbox.reset(option_mismatch_status=400)

    assert code_of(acme.init("NONSENSE")) == (400, "privacy_level_option_mismatch")


def test_without_the_scope_there_is_no_direct_post(acme: Person) -> None:
    acme.sandbox.reset("scope-missing")

    assert code_of(acme.init()) == (401, "scope_not_authorized")
    assert code_of(acme.creator_info()) == (401, "scope_not_authorized")
    assert code_of(acme.draft()) == (200, "ok")
