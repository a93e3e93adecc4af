"""The sites of examples/ take posts from people, and events from TikTok."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.examples.conftest import EXAMPLES, fastapi_site
from tiktok_bridge import AsyncBridge

if TYPE_CHECKING:
    from tests.examples.conftest import Site, Studio


def test_a_post_is_answered_before_tiktok_has_finished(
    studio: Studio, site: Site
) -> None:
    studio.start_over(processing_seconds=60)

    answer = site.publish(privacy="SELF_ONLY")

    assert (answer.status_code, answer.json()["state"]) == (202, "PROCESSING")
    assert answer.json()["next_at"]
    assert studio.calls("status") == 1
    assert site.show().json()["state"] == "PROCESSING"


def test_a_queue_brings_it_to_its_end_and_the_site_says_so(
    studio: Studio, site: Site
) -> None:
    studio.start_over(processing_seconds=60)
    site.publish(privacy="SELF_ONLY")
    studio.sandbox.advance(60)

    with studio.bridge() as elsewhere:
        elsewhere.advance("one", "acme")

    assert site.show().json()["state"] == "PUBLISHED"
    assert site.show().json()["next_at"] is None


def test_a_form_that_comes_twice_is_posted_once(studio: Studio, site: Site) -> None:
    first = site.publish(privacy="SELF_ONLY").json()

    again = site.publish(privacy="SELF_ONLY").json()

    assert again["publish_id"] == first["publish_id"]
    assert studio.calls("video_init") == 1


def test_an_id_that_is_taken_is_refused(studio: Studio, site: Site) -> None:
    site.publish(privacy="SELF_ONLY")

    answer = site.publish(privacy="SELF_ONLY", title="Something else")

    assert answer.status_code == 409
    assert "Something else" in str(answer.json()["problems"])
    assert studio.calls("video_init") == 1


def test_nobody_chose_a_privacy_so_nothing_is_sent(studio: Studio, site: Site) -> None:
    answer = site.publish()

    (problem,) = answer.json()["problems"]
    assert answer.status_code == 422
    assert problem["place"]["key"].endswith("privacy")
    assert problem["message"] == "`privacy` is missing"
    assert "SELF_ONLY" in problem["hint"]
    assert studio.calls("video_init") == 0


def test_a_video_that_is_not_there_is_a_problem(studio: Studio, site: Site) -> None:
    answer = site.publish(privacy="SELF_ONLY", video="../bridge.yaml")

    (problem,) = answer.json()["problems"]
    assert answer.status_code == 422
    assert problem["place"]["key"].endswith("video")
    assert studio.calls("video_init") == 0


def test_what_the_site_does_not_know_is_refused(studio: Studio, site: Site) -> None:
    without_id = site.http.post("/posts/", data={"video": "clip.mp4"}, json=None)

    assert without_id.status_code in (400, 422)
    if site.framework == "fastapi":  # an HTML form sends other things too
        assert site.publish(privacy="SELF_ONLY", ai_generatd="yes").status_code == 422
    assert studio.calls("video_init") == 0


def test_a_refusal_says_who_acts_and_what_to_do(studio: Studio, site: Site) -> None:
    studio.start_over("unaudited-public-account")

    answer = site.publish(privacy="SELF_ONLY")

    failure = answer.json()["failure"]
    assert (answer.status_code, answer.json()["state"]) == (200, "FAILED")
    assert failure["code"] == "unaudited_client_can_only_post_to_private_accounts"
    assert failure["who_acts"]
    assert "private" in failure["hint"]
    assert failure["log_id"]
    assert site.show().json()["failure"] == failure


def test_a_post_on_which_another_process_works_is_accepted(
    studio: Studio, site: Site
) -> None:
    size_bytes = (studio.folder / "media" / "clip.mp4").stat().st_size

    with studio.bridge() as elsewhere:
        (entry,) = elsewhere.ledger.accept([(studio.post(), size_bytes)])
        with elsewhere.ledger.claims.hold(entry.key):
            answer = site.publish(privacy="SELF_ONLY")

    assert (answer.status_code, answer.json()["state"]) == (202, "PLANNED")


def test_a_change_of_a_post_that_is_being_sent_has_to_come_again(
    studio: Studio, site: Site
) -> None:
    with studio.bridge() as elsewhere:
        (entry,) = elsewhere.ledger.accept([(studio.post(), None)])
        with elsewhere.ledger.claims.hold(entry.key):
            answer = site.publish(privacy="SELF_ONLY", title="Changed")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_a_post_that_nobody_sent_is_not_found(site: Site) -> None:
    assert site.show("none").status_code == 404


def test_an_event_that_tiktok_signed_is_taken(studio: Studio, site: Site) -> None:
    studio.start_over(webhook_url=site.webhook_url)
    site.publish(privacy="SELF_ONLY")
    studio.sandbox.advance(60)

    studio.sandbox.deliver()

    events = studio.sandbox.webhooks()
    assert events
    assert all(event["attempts"][-1]["status"] == 200 for event in events), events


def test_an_event_that_somebody_else_signed_is_refused(site: Site) -> None:
    signed = {"TikTok-Signature": f"t=1770210900,s={'0' * 64}"}

    answer = site.http.post(site.webhook_url, content=b"{}", headers=signed)

    assert answer.status_code == 401


@pytest.mark.usefixtures("studio")
def test_fastapi_closes_its_bridge_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[AsyncBridge] = []
    close = AsyncBridge.close

    async def noted(bridge: AsyncBridge) -> None:
        closed.append(bridge)
        await close(bridge)

    monkeypatch.setattr(AsyncBridge, "close", noted)

    with fastapi_site():
        assert not closed

    assert len(closed) == 1


FLASK = """
from flask_site import create_app
from tiktok_bridge import Bridge
Bridge.close = lambda bridge: print("closed")
create_app()
print("made")
"""


@pytest.mark.usefixtures("studio")
def test_flask_closes_its_bridge_at_the_end() -> None:
    run = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", FLASK],
        cwd=EXAMPLES,
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout == "made\nclosed\n"
