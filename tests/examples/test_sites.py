"""The sites of examples/ take posts from people, and events from TikTok."""

from __future__ import annotations

import asyncio
import atexit
import json
from typing import TYPE_CHECKING, Any

import pytest

from tiktok_bridge import AsyncBridge, Bridge

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.examples.conftest import Site, Studio


def test_a_post_is_kept_and_nothing_is_sent(studio: Studio, site: Site) -> None:
    answer = site.publish(privacy="SELF_ONLY")

    assert answer.status_code == 202
    assert answer.json() == {
        "id": "one",
        "state": "PLANNED",
        "has_ended": False,
        "failure": None,
    }
    assert site.show().json() == answer.json()
    assert not any(studio.sandbox.state()["calls"].values())


def test_a_worker_sends_it_and_the_site_says_how_it_stands(
    studio: Studio, site: Site
) -> None:
    studio.start_over(processing_seconds=60)
    site.publish(privacy="SELF_ONLY")

    studio.work()

    under_way = site.show().json()
    assert (under_way["state"], under_way["has_ended"]) == ("PROCESSING", False)
    studio.clock.sleep(60)
    studio.work()
    ended = site.show().json()
    assert (ended["state"], ended["has_ended"]) == ("PUBLISHED", True)
    assert len(studio.arrived()) == 1


def test_a_form_that_comes_again_is_posted_once(studio: Studio, site: Site) -> None:
    answers = [site.publish(privacy="SELF_ONLY") for _ in range(2)]
    studio.work()
    answers.append(site.publish(privacy="SELF_ONLY"))
    studio.work()

    assert [answer.status_code for answer in answers] == [202] * 3
    assert answers[-1].json()["state"] == "PUBLISHED"
    assert studio.calls("video_init") == 1


def test_an_id_that_is_taken_is_refused(studio: Studio, site: Site) -> None:
    site.publish(privacy="SELF_ONLY")
    studio.work()

    answer = site.publish(privacy="SELF_ONLY", title="Something else")

    assert answer.status_code == 409
    assert "Something else" in str(answer.json()["problems"])


def test_nobody_chose_a_privacy_so_nothing_is_kept(studio: Studio, site: Site) -> None:
    answer = site.publish()

    (problem,) = answer.json()["problems"]
    assert answer.status_code == 422
    assert problem["place"]["key"].endswith("privacy")
    assert problem["message"] == "`privacy` is missing"
    assert "SELF_ONLY" in problem["hint"]
    assert site.show().status_code == 404
    studio.work()
    assert studio.calls("video_init") == 0


def test_a_video_that_is_not_there_is_a_problem(site: Site) -> None:
    answer = site.publish(privacy="SELF_ONLY", video="../bridge.yaml")

    (problem,) = answer.json()["problems"]
    assert answer.status_code == 422
    assert problem["place"]["key"].endswith("video")
    assert site.show().status_code == 404


def test_what_the_site_does_not_know_is_refused(site: Site) -> None:
    without_id = site.http.post("/posts/", data={"video": "clip.mp4"}, json=None)

    assert without_id.status_code in (400, 422)
    if site.framework == "fastapi":  # an HTML form sends other things too
        assert site.publish(privacy="SELF_ONLY", ai_generatd="yes").status_code == 422
    assert site.show().status_code == 404


def test_a_refusal_says_who_acts_and_what_to_do(studio: Studio, site: Site) -> None:
    studio.start_over("unaudited-public-account")
    site.publish(privacy="SELF_ONLY")

    studio.work()

    shown = site.show().json()
    failure = shown["failure"]
    assert (shown["state"], shown["has_ended"]) == ("FAILED", True)
    assert failure["code"] == "unaudited_client_can_only_post_to_private_accounts"
    assert failure["who_acts"]
    assert "private" in failure["hint"]
    assert failure["log_id"]


def test_a_form_that_comes_again_while_it_is_sent_is_accepted(
    studio: Studio, site: Site
) -> None:
    site.publish(privacy="SELF_ONLY")

    with studio.held():
        answer = site.publish(privacy="SELF_ONLY")

    assert (answer.status_code, answer.json()["state"]) == (202, "PLANNED")


def test_a_change_of_a_post_that_is_being_sent_has_to_come_again(
    studio: Studio, site: Site
) -> None:
    site.publish(privacy="SELF_ONLY")

    with studio.held():
        answer = site.publish(privacy="SELF_ONLY", title="Changed")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_a_post_that_nobody_sent_is_not_found(site: Site) -> None:
    assert site.show("none").status_code == 404


def test_a_post_is_found_whose_id_looks_like_a_path(site: Site) -> None:
    site.publish(id="2026/spring", privacy="SELF_ONLY")

    assert site.show("2026/spring").json()["id"] == "2026/spring"


# TikTok's webhook


@pytest.fixture
def under_way(studio: Studio, site: Site) -> None:
    """A post on which TikTok works for a minute; it tells the site of its end."""
    studio.start_over(processing_seconds=60, webhook_url=site.webhook_url)
    site.publish(privacy="SELF_ONLY")
    studio.work()


@pytest.mark.usefixtures("under_way")
def test_an_event_that_tiktok_signed_moves_its_post(studio: Studio, site: Site) -> None:
    asked = studio.calls("status")
    studio.sandbox.advance(60)

    assert answer_to(studio.sandbox.deliver()) == 200

    shown = site.show().json()
    assert (shown["state"], shown["has_ended"]) == ("PUBLISHED", True)
    assert studio.calls("status") == asked, "nobody had to ask"


@pytest.mark.usefixtures("under_way")
def test_an_event_about_a_post_on_which_a_worker_is_has_to_come_again(
    studio: Studio, site: Site
) -> None:
    with studio.held():
        studio.sandbox.advance(60)
        assert answer_to(studio.sandbox.deliver()) == 503

    assert site.show().json()["state"] == "PROCESSING"
    assert answer_to(studio.sandbox.deliver()) == 200
    assert site.show().json()["state"] == "PUBLISHED"


def answer_to(events: list[dict[str, Any]]) -> int:
    """Return what the site answered to the last attempt to tell it the only event."""
    (event,) = events
    return int(event["attempts"][-1]["status"])


@pytest.mark.usefixtures("under_way")
def test_an_event_that_somebody_else_signed_changes_nothing(
    studio: Studio, site: Site
) -> None:
    body = post_complete(studio)
    forged = studio.sign(f"{body} ")

    assert tell(site, body, forged).status_code == 400

    assert site.show().json()["state"] == "PROCESSING"
    assert tell(site, body, studio.sign(body)).status_code == 200, "the control"
    assert site.show().json()["state"] == "PUBLISHED"


@pytest.mark.parametrize("served", ["flask"], indirect=True, scope="module")
def test_flask_reads_no_more_of_a_body_than_tiktok_would_send(site: Site) -> None:
    assert tell(site, " " * (1024 * 1024 + 1), "").status_code == 413


def post_complete(studio: Studio) -> str:
    """Return what TikTok sends when the only post is out."""
    (publish,) = studio.sandbox.state()["publishes"]
    content = {"publish_id": publish["publish_id"], "publish_type": "DIRECT_PUBLISH"}
    event = {
        "client_key": studio.sandbox.client_key,
        "event": "post.publish.complete",
        "create_time": int(studio.clock.now()),
        "user_openid": "somebody",
        "content": json.dumps(content),
    }
    return json.dumps(event)


def tell(site: Site, body: str, signature: str) -> httpx.Response:
    headers = {"TikTok-Signature": signature}
    return site.http.post(site.webhook_url, content=body, headers=headers)


# The end of a process


@pytest.mark.usefixtures("studio")
def test_fastapi_closes_its_bridge_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    from fastapi_site.main import app, lifespan  # noqa: PLC0415 - once importable

    closed: list[AsyncBridge] = []
    close = AsyncBridge.close

    async def noted(bridge: AsyncBridge) -> None:
        closed.append(bridge)
        await close(bridge)

    async def live() -> AsyncBridge:
        async with lifespan(app) as state:
            assert not closed
        return state["bridge"]

    monkeypatch.setattr(AsyncBridge, "close", noted)

    assert [asyncio.run(live())] == closed


@pytest.mark.usefixtures("studio")
def test_flask_closes_its_bridge_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    from flask_site import create_app  # noqa: PLC0415 - once it is importable

    at_the_end: list[Callable[[], None]] = []
    closed: list[Bridge] = []

    def close(bridge: Bridge) -> None:
        closed.append(bridge)

    monkeypatch.setattr(atexit, "register", at_the_end.append)
    monkeypatch.setattr(Bridge, "close", close)

    app = create_app()

    assert not closed
    for call in at_the_end:
        call()
    assert closed == [app.extensions["tiktok_bridge"]]
