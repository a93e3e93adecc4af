"""What can be cancelled, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx

    from tests.sandbox.conftest import Person


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def pulling(person: Person, level: str | None = "SELF_ONLY") -> str:
    return str(person.pull(level=level).json()["data"]["publish_id"])


@pytest.mark.parametrize("level", ["SELF_ONLY", None])
def test_a_download_can_be_cancelled(acme: Person, level: str | None) -> None:
    acme.sandbox.reset(pull_seconds=100)
    publish_id = pulling(acme, level)

    answer = acme.cancel(publish_id)

    assert code_of(answer) == (200, "ok")
    assert list(answer.json()) == ["error"]
    assert acme.status(publish_id).json()["data"] == {
        "status": "FAILED",
        "fail_reason": "publish_cancelled",
    }


def test_a_cancelled_post_stays_cancelled(acme: Person) -> None:
    acme.sandbox.reset(pull_seconds=100)
    publish_id = pulling(acme)
    acme.cancel(publish_id)
    acme.sandbox.advance(10_000)

    again = acme.cancel(publish_id)

    assert code_of(again) == (400, "publish_not_cancellable")
    status = acme.status(publish_id).json()["data"]
    assert status["fail_reason"] == "publish_cancelled"


def test_a_finished_download_cannot_be_cancelled(acme: Person) -> None:
    publish_id = pulling(acme)
    acme.sandbox.advance(60)

    assert code_of(acme.cancel(publish_id)) == (400, "publish_not_cancellable")
    assert acme.status(publish_id).json()["data"]["status"] == "PUBLISH_COMPLETE"


def test_an_upload_cannot_be_cancelled(acme: Person) -> None:
    publish_id = acme.init().json()["data"]["publish_id"]

    assert code_of(acme.cancel(publish_id)) == (400, "publish_not_cancellable")


def test_an_unknown_or_foreign_publish_id_is_not_cancelled(
    acme: Person, studio: Person
) -> None:
    acme.sandbox.reset(pull_seconds=100)
    publish_id = pulling(acme)

    assert code_of(acme.cancel("v_pub_url~v2.1")) == (400, "invalid_publish_id")
    assert code_of(studio.cancel(publish_id)) == (
        400,
        "token_not_authorized_for_specified_publish_id",
    )
    assert acme.status(publish_id).json()["data"]["status"] == "PROCESSING_DOWNLOAD"


def test_a_cancelled_post_gives_its_place_back(acme: Person) -> None:
    acme.sandbox.reset(posts_per_day=1, pull_seconds=100)
    acme.cancel(pulling(acme))

    assert code_of(acme.pull()) == (200, "ok")


def test_cancelling_has_no_limit_per_minute(acme: Person) -> None:
    codes = {code_of(acme.cancel("v_pub_url~v2.1"))[1] for _ in range(100)}

    assert codes == {"invalid_publish_id"}
