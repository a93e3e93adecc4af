"""How a post moves through its states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Person


def data_of(person: Person, publish_id: str) -> dict[str, Any]:
    return dict(person.status(publish_id).json()["data"])


def test_before_the_last_byte_only_the_count_is_said(acme: Person) -> None:
    publish_id = acme.init().json()["data"]["publish_id"]

    assert data_of(acme, publish_id) == {
        "status": "PROCESSING_UPLOAD",
        "uploaded_bytes": 0,
    }


def test_processing_takes_its_time(acme: Person) -> None:
    acme.sandbox.reset(processing_seconds=100)
    publish_id = acme.publish()

    before = data_of(acme, publish_id)
    acme.sandbox.advance(100)

    assert before == {"status": "PROCESSING_UPLOAD", "uploaded_bytes": 64}
    assert data_of(acme, publish_id) == {"status": "PUBLISH_COMPLETE"}


def test_a_public_post_gets_its_id_after_moderation(acme: Person) -> None:
    acme.sandbox.reset(processing_seconds=100, moderation_seconds=100)
    publish_id = acme.publish("PUBLIC_TO_EVERYONE")
    acme.sandbox.advance(100)

    before = data_of(acme, publish_id)
    acme.sandbox.advance(100)
    after = data_of(acme, publish_id)

    assert before == {"status": "PUBLISH_COMPLETE"}
    assert after["publicaly_available_post_id"][0] > 2**53
    assert after["publicaly_available_post_id"][0] < 2**63


def test_a_private_post_never_gets_an_id(acme: Person) -> None:
    publish_id = acme.publish("SELF_ONLY")
    acme.sandbox.advance(10_000)

    assert data_of(acme, publish_id) == {"status": "PUBLISH_COMPLETE"}


@pytest.mark.parametrize(
    ("shape", "kind"), [("list", list), ("int", int), ("string", str)]
)
def test_the_post_id_has_the_shape_of_the_switch(
    acme: Person, shape: str, kind: type
) -> None:
    acme.sandbox.reset(post_id_shape=shape)
    publish_id = acme.publish("PUBLIC_TO_EVERYONE")
    acme.sandbox.advance(60)

    post_id = data_of(acme, publish_id)["publicaly_available_post_id"]

    assert isinstance(post_id, kind)


def test_the_post_id_can_be_absent_for_ever(acme: Person) -> None:
    acme.sandbox.reset("no-post-id")
    publish_id = acme.publish("PUBLIC_TO_EVERYONE")
    acme.sandbox.advance(10_000)

    assert data_of(acme, publish_id) == {"status": "PUBLISH_COMPLETE"}


def test_bytes_that_are_no_video_fail(acme: Person) -> None:
    publish_id = acme.publish(video=b"GIF89a" + bytes(58))
    acme.sandbox.advance(1)

    assert data_of(acme, publish_id) == {
        "status": "FAILED",
        "fail_reason": "file_format_check_failed",
    }


@pytest.mark.parametrize(
    "head", [b"\0\0\0\x08wide", b"\0\0\0\x14moov", b"\x1aE\xdf\xa3"]
)
def test_quicktime_and_webm_are_videos_too(acme: Person, head: bytes) -> None:
    publish_id = acme.publish(video=head.ljust(64, b"\0"))
    acme.sandbox.advance(1)

    assert data_of(acme, publish_id) == {"status": "PUBLISH_COMPLETE"}


def test_every_upload_can_be_made_to_fail(acme: Person) -> None:
    acme.sandbox.reset(fail_reason="spam_risk_text")
    publish_id = acme.publish()
    acme.sandbox.advance(1)

    assert data_of(acme, publish_id)["fail_reason"] == "spam_risk_text"


def test_an_unknown_publish_id_is_refused(acme: Person) -> None:
    answer = acme.status("v_pub_file~v2-1.1")

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_publish_id"


def test_another_creators_publish_id_is_refused(acme: Person, studio: Person) -> None:
    answer = studio.status(acme.publish())

    assert answer.status_code == 400
    assert (
        answer.json()["error"]["code"]
        == "token_not_authorized_for_specified_publish_id"
    )


@pytest.mark.parametrize("body", [{}, {"publish_id": 7}, {"publish_id": "x", "a": 1}])
def test_a_status_request_of_another_shape_is_refused(
    acme: Person, body: dict[str, object]
) -> None:
    acme.sandbox.reset(unknown_fields="refuse")
    answer = acme.post("status/fetch", body)

    assert answer.json()["error"]["code"] == "invalid_params"


def test_a_stuck_upload_has_all_its_bytes(acme: Person) -> None:
    acme.sandbox.reset("processing-stuck")
    publish_id = acme.publish()
    acme.sandbox.advance(3_600)

    assert data_of(acme, publish_id) == {
        "status": "PROCESSING_UPLOAD",
        "uploaded_bytes": 64,
    }
