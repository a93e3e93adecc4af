"""The schemas of TikTok admit every recorded answer and refuse what is wrong."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from tiktok_bridge_sandbox import conformity, contract, endpoints

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[2] / "schemas" / "tiktok"
PATHS = sorted(FOLDER.glob("*.json"))
SCHEMAS = {path.name.removesuffix(".schema.json"): path for path in PATHS}
LINK = (
    "Please review our integration guidelines at "
    "https://developers.tiktok.com/doc/content-sharing-guidelines/"
)
OK = '"error":{"code":"ok","message":"","log_id":"20260828035612A3942F2F64B39F7F0B89"}'
UNAUDITED = "unaudited_client_can_only_post_to_private_accounts"

RECORDED = [
    (
        "creator-info-answer",
        (
            '{"data":{"max_video_post_duration_sec":3600,"privacy_level_options":'
            '["PUBLIC_TO_EVERYONE","MUTUAL_FOLLOW_FRIENDS","SELF_ONLY"],'
            '"stitch_disabled":false,"comment_disabled":false,"creator_avatar_url":'
            '"<REDACTED>","creator_nickname":"<REDACTED>","creator_username":"<REDACTED>",'
            '"duet_disabled":false},"error":{"code":"ok","message":"","log_id":'
            '"20260828035612A3942F2F64B39F7F0B89"}}'
        ),
    ),
    (
        "error-answer",
        (
            f'{{"error":{{"code":"{UNAUDITED}","message":"{LINK}","log_id":'
            '"2026082803570400EF78723626F290068A"}}'
        ),
    ),
    (
        "error-answer",
        (
            f'{{"error":{{"code":"{UNAUDITED}","message":"{LINK}","log_id":'
            '"20251024215627D0E044B1343B5527BC19"}}'
        ),
    ),
    (
        "video-init-answer",
        (
            '{"data":{"publish_id":"v_pub_file~v2-1.7601447475849021452","upload_url":'
            '"https://open-upload-va.tiktokapis.com/upload?upload_id=7601447475849037836'
            f'&upload_token=<uuid>"}},{OK}}}'
        ),
    ),
    (
        "inbox-init-answer",
        (
            '{"data":{"publish_id":"v_inbox_file~v2.7564788826103777291","upload_url":'
            '"https://open-upload-va.tiktokapis.com/upload?upload_id=7564788826103793675'
            f'&upload_token=<uuid>"}},{OK}}}'
        ),
    ),
    (
        "status-answer",
        f'{{"data":{{"status":"PROCESSING_UPLOAD","uploaded_bytes":253568970}},{OK}}}',
    ),
    ("status-answer", f'{{"data":{{"status":"PUBLISH_COMPLETE"}},{OK}}}'),
    (
        "status-answer",
        (
            '{"data":{"downloaded_bytes":10062683,"status":"PROCESSING_DOWNLOAD"},"error":'
            '{"code":"ok","message":"","log_id":"202312280857597AA19C5FBDD4513C2E9A"}}'
        ),
    ),
    (
        "status-answer",
        (
            '{"data":{"status":"PUBLISH_COMPLETE"},"error":{"code":"ok","message":"",'
            '"log_id":"202312280858037AA19C5FBDD4513C3038"}}'
        ),
    ),
    (
        "status-answer",
        (
            '{"data":{"fail_reason":"file_format_check_failed","status":"FAILED"},"error":'
            '{"code":"ok","message":"","log_id":"20250612033551A7D9C403C69ED91B3FEF"}}'
        ),
    ),
    (
        "error-answer",
        (
            '{"error":{"code":"spam_risk_too_many_pending_share","message":'
            '"spam_risk_too_many_pending_share"}}'
        ),
    ),
    (
        "error-answer",
        (
            '{"data":{},"error":{"code":"access_token_invalid","message":'
            '"The access token is invalid or not found in the request.","log_id":'
            '"20250920002050100115989EF4EE2405DD"}}'
        ),
    ),
    (
        "error-answer",
        (
            '{"error":{"code":"access_token_invalid","message":'
            '"The access token is invalid or not found in the request.","log_id":'
            '"20250924172335777F851BC590080C70AC"},"data":{}}'
        ),
    ),
    (
        "error-answer",
        (
            '{"error":{"code":"scope_not_authorized","message":'
            '"The user did not authorize the scope required for completing this '
            'request.","log_id":'
            '"20250625133420FE910721C437F9AB7B4D"}}'
        ),
    ),
    (
        "bare-error-answer",
        '{"code":"invalid_params","message":"The chunk size is invalid"}',
    ),
    (
        "webhook",
        (
            '{"client_key":"aw<14 lower-case letters/digits>","event":'
            '"post.publish.publicly_available","create_time":1770210873,"user_openid":'
            '"-000<32 characters of A-Za-z0-9_->","content":"{\\"publish_id\\":'
            '\\"v_pub_file~v2-1.7602997070760331285\\",\\"publish_type\\":'
            '\\"DIRECT_PUBLISH\\",\\"post_id\\":\\"7602997517160123666\\"}"}'
        ),
    ),
    (
        "oauth-error-answer",
        (
            '{"error":"invalid_request","error_description":'
            '"Code verifier or code challenge is invalid.","log_id":"oauth-log-id"}'
        ),
    ),
    (
        "oauth-error-answer",
        (
            '{"error":"invalid_client","error_description":'
            '"Client key or secret is incorrect."}'
        ),
    ),
    (
        "authorize-callback",
        (
            '{"error":"unauthorized_client","error_type":"client_key",'
            '"logid":"2026082920443016EF4906E0DEFC6C7DC8"}'
        ),
    ),
    (
        "authorize-callback",
        '{"error":"param_error","errCode":"10007","error_type":"code_challenge"}',
    ),
    (
        "error-answer",
        (
            '{"data":{},"error":{"code":"invalid_params","message":'
            '"Fields is required, please provide fields in the request","log_id":'
            '"6F8A0BF05F038518295052798D78D57852"}}'
        ),
    ),
    (
        "creator-info-answer",
        (
            '{"data":{"stitch_disabled":false,"comment_disabled":false,'
            '"creator_avatar_url":"https://example.com/avatar.webp","creator_nickname":'
            '"Test User","creator_username":"testuser","duet_disabled":false,'
            '"max_video_post_duration_sec":3600,"privacy_level_options":'
            '["PUBLIC_TO_EVERYONE","MUTUAL_FOLLOW_FRIENDS","SELF_ONLY"]},"error":'
            '{"code":"ok","message":"","log_id":"202509250116218F87494797037D986BB5"}}'
        ),
    ),
]
"""Every recorded answer in its order; values that an author showed without their
envelope got the envelope of the first."""


def raw(name: str) -> Draft202012Validator:
    """Return the schema as anybody else would use it: references and all."""
    everything = {key: json.loads(path.read_text()) for key, path in SCHEMAS.items()}
    return Draft202012Validator(
        {"$ref": everything[name]["$id"], "$defs": everything},
    )


def is_lawful(name: str, value: object) -> bool:
    verdict = next(contract.breaches(name, value), None) is None
    assert raw(name).is_valid(value) is verdict, "the sandbox judges as the file says"
    return verdict


def success(data: object) -> dict[str, object]:
    return {"data": data, **json.loads(f"{{{OK}}}")}


@pytest.mark.parametrize(("name", "body"), RECORDED)
def test_every_recorded_answer_follows_its_schema(name: str, body: str) -> None:
    assert is_lawful(name, json.loads(body))


def test_the_json_inside_the_recorded_webhook_follows_its_schema() -> None:
    body = next(json.loads(body) for name, body in RECORDED if name == "webhook")
    name = "webhook-post-publish-publicly-available"

    assert [*contract.webhook_breaches(name, body)] == []
    assert [*contract.webhook_breaches(name, body | {"content": "{}"})]


@pytest.mark.parametrize(
    ("name", "body"),
    [one for one in RECORDED if one[0] not in ("webhook", "authorize-callback")],
)
def test_every_recorded_answer_is_one_of_the_envelopes(name: str, body: str) -> None:
    assert is_lawful("envelope", json.loads(body)), name


@pytest.mark.parametrize(("name", "body"), RECORDED)
def test_a_recorded_answer_with_a_wrong_type_anywhere_is_refused(
    name: str, body: str
) -> None:
    for broken in mutants(json.loads(body)):
        assert not is_lawful(name, broken), broken


def mutants(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield *value* with each of its leaves replaced by what no field is."""
    for key, child in value.items():
        if isinstance(child, dict) and child:
            for broken in mutants(child):
                yield value | {key: broken}
        else:
            yield value | {key: 1.5}


ID = 7_602_997_517_160_123_666


@pytest.mark.parametrize("given", [[ID], [str(ID)], ID, str(ID), []])
def test_every_seen_shape_of_the_post_id_is_admitted(given: object) -> None:
    data = {"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": given}

    assert is_lawful("status-answer", success(data))


@pytest.mark.parametrize("given", [None, float(2**53), [2**63], "v_pub", {}, [None]])
def test_no_other_shape_of_the_post_id_is_admitted(given: object) -> None:
    data = {"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": given}

    assert [*contract.breaches("status-answer", success(data))]


VIDEO = {
    "source": "FILE_UPLOAD",
    "video_size": 64,
    "chunk_size": 64,
    "total_chunk_count": 1,
}
PHOTOS = {"source": "PULL_FROM_URL", "photo_images": ["https://example.com/a.jpg"]}
APP = {"client_key": "aw", "client_secret": "s"}
FACTS = {"client_key": "aw", "create_time": 1, "user_openid": "-000"}

LAWFUL: list[tuple[str, object]] = [
    ("creator-info-request", {}),
    (
        "video-init-request",
        {"post_info": {"privacy_level": "SELF_ONLY"}, "source_info": VIDEO},
    ),
    (
        "video-init-request",
        {
            "post_info": {
                "privacy_level": "PUBLIC_TO_EVERYONE",
                "title": "\N{GRINNING FACE}" * 1_100,
                "video_cover_timestamp_ms": 2**31 - 1,
                "is_aigc": True,
            },
            "source_info": {
                "source": "PULL_FROM_URL",
                "video_url": "https://example.com/a.mp4",
            },
        },
    ),
    ("inbox-init-request", {"source_info": VIDEO}),
    ("inbox-init-request", {"source_info": VIDEO, "post_info": {"title": "draft"}}),
    (
        "photo-init-request",
        {
            "media_type": "PHOTO",
            "post_mode": "DIRECT_POST",
            "is_aigc": True,
            "post_info": {"privacy_level": "SELF_ONLY", "auto_add_music": True},
            "source_info": PHOTOS | {"photo_cover_index": 0},
        },
    ),
    (
        "photo-init-request",
        {"media_type": "PHOTO", "post_mode": "MEDIA_UPLOAD", "source_info": PHOTOS},
    ),
    ("status-request", {"publish_id": "v_pub_file~v2-1.1"}),
    ("cancel-request", {"publish_id": "v_pub_url~v2.1"}),
    ("cancel-answer", json.loads(f"{{{OK}}}")),
    ("photo-init-answer", success({"publish_id": "p_pub_url~v2.1"})),
    ("user-info-query", {"fields": "open_id,video_count"}),
    ("user-info-answer", success({"user": {"open_id": "-000", "video_count": 0}})),
    ("video-list-query", {"fields": "id,title"}),
    ("video-list-request", {"cursor": 1_770_210_873_000, "max_count": 20}),
    ("video-list-request", {}),
    (
        "video-list-answer",
        success({"videos": [{"id": str(ID)}], "cursor": 1, "has_more": False}),
    ),
    ("video-query-request", {"filters": {"video_ids": [str(ID)]}}),
    ("video-query-answer", success({"videos": [{"id": str(ID), "duration": 3}]})),
    ("token-request", APP | {"grant_type": "refresh_token", "refresh_token": "rft.x"}),
    ("token-request", APP | {"grant_type": "client_credentials", "extra": "1"}),
    (
        "token-request",
        APP
        | {
            "grant_type": "authorization_code",
            "code": "x*0!6410",
            "redirect_uri": "http://127.0.0.1:3455/callback/",
            "code_verifier": "a" * 43,
        },
    ),
    (
        "token-answer",
        {"access_token": "clt.x", "expires_in": 7_200, "token_type": "Bearer"},
    ),
    (
        "token-answer",
        {
            "access_token": "act.x",
            "expires_in": 7_200,
            "open_id": "-000",
            "refresh_expires_in": 15_552_000,
            "refresh_token": "rft.x",
            "scope": "user.info.basic,video.publish",
            "token_type": "Bearer",
        },
    ),
    ("legacy-answer", {"data": {"error_code": 0, "captcha": ""}, "message": "success"}),
    ("revoke-request", APP | {"token": "act.x"}),
    ("revoke-answer", None),
    ("qr-code-request", {"client_key": "aw", "scope": "user.info.basic"}),
    (
        "qr-code-answer",
        {"scan_qrcode_url": "aweme://?client_ticket=tobefilled", "token": "t"},
    ),
    ("qr-check-request", APP | {"token": "t"}),
    ("qr-check-answer", {"status": "scanned", "client_ticket": "t"}),
    (
        "upload-headers",
        {
            "content-type": "video/mp4",
            "content-length": "64",
            "content-range": "bytes 0-63/64",
            "host": "x",
        },
    ),
    ("upload-answer", {"status": 206, "content-range": "bytes 0-63/64"}),
    ("upload-answer", {"status": 404}),
    ("error-answer", {"error": {"code": "", "message": "", "logid": "x"}}),
    ("webhook", FACTS | {"event": "authorization.removed", "content": "{}"}),
    (
        "webhook",
        {
            "client_key": "aw",
            "create_time": 1,
            "event": "portability.download.ready",
            "content": "{}",
        },
    ),
    ("webhook-content-authorization-removed", {"reason": 5}),
    (
        "webhook-content-post-publish-failed",
        {"publish_id": "x", "reason": "internal", "publish_type": "DIRECT_POST"},
    ),
    (
        "webhook-content-post-publish-inbox-delivered",
        {"publish_id": "x", "publish_type": "INBOX_SHARE"},
    ),
]


@pytest.mark.parametrize(("name", "value"), LAWFUL)
def test_what_is_documented_is_admitted(name: str, value: object) -> None:
    assert is_lawful(name, value)


UNLAWFUL: list[tuple[str, object, str]] = [
    ("creator-info-request", {"a": 1}, ""),
    ("video-init-request", {"post_info": {"privacy_level": "SELF_ONLY"}}, "source"),
    (
        "video-init-request",
        {"post_info": {"privacy_level": "ME"}, "source_info": VIDEO},
        "post_info.privacy_level",
    ),
    (
        "video-init-request",
        {"post_info": {"titel": "x"}, "source_info": VIDEO},
        "post_info",
    ),
    (
        "video-init-request",
        {
            "post_info": {"privacy_level": "SELF_ONLY"},
            "source_info": VIDEO | {"video_size": 2**63},
        },
        "source_info.video_size",
    ),
    ("inbox-init-request", {"source_info": VIDEO | {"video_url": "x"}}, "source_info"),
    (
        "inbox-init-request",
        {"source_info": {"source": "PULL_FROM_URL"}},
        "source_info.video_url",
    ),
    (
        "photo-init-request",
        {"media_type": "VIDEO", "post_mode": "MEDIA_UPLOAD", "source_info": PHOTOS},
        "media_type",
    ),
    (
        "photo-init-request",
        {"media_type": "PHOTO", "post_mode": "DIRECT_POST", "source_info": PHOTOS},
        "post_info",
    ),
    (
        "photo-init-request",
        {
            "media_type": "PHOTO",
            "post_mode": "MEDIA_UPLOAD",
            "source_info": PHOTOS | {"photo_images": ["x"] * 36},
        },
        "source_info.photo_images",
    ),
    ("status-request", {"publish_id": 7}, "publish_id"),
    (
        "status-answer",
        success({"status": "FAILED"}),
        "data.fail_reason",
    ),
    (
        "status-answer",
        success({"status": "PUBLISH_COMPLETE", "fail_reason": "internal"}),
        "data.fail_reason",
    ),
    ("status-answer", success({"status": "PUBLISH_SUCCESS"}), "data.status"),
    ("error-answer", {"error": {"code": "ok", "message": ""}}, "error.code"),
    (
        "error-answer",
        {"error": {"code": "internal_error", "message": ""}, "data": {"a": 1}},
        "data",
    ),
    (
        "video-init-answer",
        success(
            {"publish_id": "v_pub_file~v2-1.1", "upload_url": "https://" + 250 * "x"}
        ),
        "data.upload_url",
    ),
    ("user-info-query", {"fields": "open_id,shoe_size"}, "fields"),
    ("video-list-request", {"max_count": 21}, "max_count"),
    (
        "video-query-request",
        {"filters": {"video_ids": ["1"] * 21}},
        "filters.video_ids",
    ),
    ("token-request", APP | {"grant_type": "password"}, "grant_type"),
    ("token-request", APP | {"grant_type": "refresh_token"}, "refresh_token"),
    ("revoke-answer", {}, ""),
    ("qr-check-answer", {"status": "used"}, "status"),
    ("upload-headers", {"content-type": "video/mp4"}, "content-length"),
    ("upload-answer", {"status": 206}, "content-range"),
    ("webhook", FACTS | {"event": "post.published", "content": "{}"}, "event"),
    ("webhook", {"event": "authorization.removed", "content": "{}"}, "client_key"),
    ("webhook-content-authorization-removed", {"reason": 6}, "reason"),
]


@pytest.mark.parametrize(("name", "value", "where"), UNLAWFUL)
def test_what_is_wrong_is_refused_and_the_field_named(
    name: str, value: object, where: str
) -> None:
    found = next(contract.breaches(name, value))

    assert found.where.startswith(where)
    assert not is_lawful(name, value)


def test_a_number_with_a_fraction_is_no_int64_even_if_the_fraction_is_zero() -> None:
    body = {"source_info": VIDEO | {"video_size": 64.0}}

    assert next(contract.breaches("inbox-init-request", body)).where.endswith("_size")


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_of_tiktok_is_one_and_says_where_each_key_comes_from(
    name: str,
) -> None:
    schema = json.loads(SCHEMAS[name].read_text())

    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:tiktok-bridge:schema:tiktok:{name}:1"
    assert schema["title"]
    assert "Page: developers.tiktok.com" in schema["description"]
    assert [*unsourced(schema, name)] == []


def unsourced(schema: object, where: str) -> Iterator[str]:
    """Yield every key that is admitted without a word on its page.

    A condition only repeats keys that are described where they are admitted.
    """
    if isinstance(schema, dict):
        for name, rule in schema.get("properties", {}).items():
            if "Page: developers.tiktok.com" not in rule.get("description", ""):
                yield f"{where}.{name}"
        for key, value in schema.items():
            if key != "if":
                yield from unsourced(value, f"{where}.{key}")
    elif isinstance(schema, list):
        for number, value in enumerate(schema):
            yield from unsourced(value, f"{where}[{number}]")


def test_the_schemas_of_tiktok_ship_inside_the_package() -> None:
    shipped = files("tiktok_bridge.schemas") / "tiktok"

    assert {path.name for path in PATHS} == {one.name for one in shipped.iterdir()}


@pytest.mark.parametrize("endpoint", endpoints.NAMES)
def test_every_endpoint_has_its_schemas(endpoint: str) -> None:
    asked = [
        conformity.schema_of(endpoint, part) for part in ("request", "query", "headers")
    ]
    answered = [conformity.schema_of(endpoint, part) for part in ("answer", "callback")]

    assert any(name in SCHEMAS for name in asked)
    assert any(name in SCHEMAS for name in answered)
