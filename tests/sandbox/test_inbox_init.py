"""Which drafts are opened."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sandbox.conftest import Person


def test_a_draft_has_an_id_of_its_own_shape(acme: Person) -> None:
    data = acme.draft().json()["data"]

    assert re.fullmatch(r"v_inbox_file~v2\.\d{19}", data["publish_id"])


def test_an_unaudited_app_may_send_drafts_to_a_public_account(acme: Person) -> None:
    acme.sandbox.reset("unaudited-public-account")

    assert acme.draft().json()["error"]["code"] == "ok"


def test_a_draft_ends_in_the_inbox_without_a_post_id(acme: Person) -> None:
    publish_id = acme.upload(acme.draft())
    acme.sandbox.advance(3_600)

    answer = acme.status(publish_id).json()["data"]

    assert answer == {"status": "SEND_TO_USER_INBOX"}


def test_a_sixth_draft_in_a_day_is_refused(acme: Person) -> None:
    for _ in range(5):
        acme.upload(acme.draft())

    refused = acme.draft()
    acme.sandbox.advance(86_400 - 1)

    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "spam_risk_too_many_pending_share"
    assert acme.init().json()["error"]["code"] == "ok"


def test_a_draft_stops_counting_after_a_day(acme: Person) -> None:
    acme.sandbox.reset("pending-drafts", expires_in=200_000)
    before = acme.draft().json()["error"]["code"]

    acme.sandbox.advance(86_400)

    assert before == "spam_risk_too_many_pending_share"
    assert acme.draft().json()["error"]["code"] == "ok"


def test_the_draft_cap_can_come_with_http_400(acme: Person) -> None:
    acme.sandbox.reset("pending-drafts", pending_share_status=400)

    assert acme.draft().status_code == 400


def test_a_post_info_beside_a_draft_is_tolerated(acme: Person) -> None:
    source = {
        "source": "FILE_UPLOAD",
        "video_size": 64,
        "chunk_size": 64,
        "total_chunk_count": 1,
    }
    body = {"source_info": source, "post_info": {"title": "no effect known"}}

    assert acme.post("inbox/video/init", body).json()["error"]["code"] == "ok"
