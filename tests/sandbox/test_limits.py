"""How many calls and posts are admitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.sandbox.conftest import Person

    Ask = Callable[[Person], httpx.Response]


def ask_status(person: Person) -> httpx.Response:
    return person.status("v_pub_file~v2-1.1")


def ask_init(person: Person) -> httpx.Response:
    return person.init()


def ask_draft(person: Person) -> httpx.Response:
    return person.draft()


def ask_info(person: Person) -> httpx.Response:
    return person.creator_info()


def ask_photos(person: Person) -> httpx.Response:
    return person.photos(level=None)


def ask_list(person: Person) -> httpx.Response:
    return person.http.post(
        "/v2/video/list/?fields=id", json={}, headers=tokens(person)
    )


def ask_query(person: Person) -> httpx.Response:
    return person.http.post(
        "/v2/video/query/?fields=id",
        json={"filters": {"video_ids": []}},
        headers=tokens(person),
    )


def tokens(person: Person) -> dict[str, str]:
    """Ask for the token once: a look at it costs more than a call."""
    kept: dict[str, str] = person.__dict__.setdefault("kept", {})
    if not kept:
        kept.update(person.bearer())
    return kept


@pytest.mark.parametrize(
    ("ask", "limit"),
    [
        (ask_init, 6),
        (ask_draft, 6),
        (ask_photos, 6),
        (ask_info, 20),
        (ask_status, 30),
        (ask_list, 600),
        (ask_query, 600),
    ],
)
def test_one_call_too_many_in_a_minute_is_refused(
    acme: Person, studio: Person, ask: Ask, limit: int
) -> None:
    admitted = [ask(acme).status_code for _ in range(limit)]

    refused = ask(acme)

    assert 429 not in admitted
    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "rate_limit_exceeded"
    assert ask(studio).status_code != 429


def test_the_minute_slides(acme: Person) -> None:
    for _ in range(3):
        acme.init()
    acme.sandbox.advance(30)
    for _ in range(3):
        acme.init()
    acme.sandbox.advance(30)

    codes = [acme.init().status_code for _ in range(4)]

    assert codes == [200, 200, 200, 429]


def test_a_refused_call_is_not_counted(acme: Person) -> None:
    for _ in range(12):
        acme.init()

    acme.sandbox.advance(60)

    assert acme.init().status_code == 200


def test_limits_can_be_turned_off(acme: Person) -> None:
    acme.sandbox.reset("daily-cap", limits=False)

    assert {acme.init().status_code for _ in range(20)} == {200}


def test_posts_count_once_their_last_byte_arrived(acme: Person) -> None:
    acme.sandbox.reset(posts_per_day=2)
    acme.init()
    acme.publish()
    acme.publish()

    refused = acme.init()

    assert refused.json()["error"]["code"] == "spam_risk_too_many_posts"


def test_a_posts_place_is_free_after_a_day(acme: Person) -> None:
    acme.sandbox.reset("daily-cap", expires_in=200_000)
    acme.sandbox.advance(86_400)

    assert acme.init().json()["error"]["code"] == "ok"


@pytest.mark.parametrize("mode", ["direct", "inbox"])
def test_what_failed_gives_its_place_back(acme: Person, mode: str) -> None:
    acme.sandbox.reset(
        posts_per_day=1, pending_drafts=1, fail_reason="internal", processing_seconds=60
    )
    ask = acme.init if mode == "direct" else acme.draft
    acme.upload(ask())
    before = ask().json()["error"]["code"]

    acme.sandbox.advance(60)

    assert before.startswith("spam_risk_too_many_p")
    assert ask().json()["error"]["code"] == "ok"


def test_whoever_failed_to_post_has_no_seat(acme: Person, studio: Person) -> None:
    acme.sandbox.reset(audited_users=1, processing_seconds=60)
    acme.upload(acme.init(video=b"no video"), b"no video")
    before = studio.init().json()["error"]["code"]

    acme.sandbox.advance(60)

    assert before == "reached_active_user_cap"
    assert studio.init().json()["error"]["code"] == "ok"


def test_whoever_posted_today_still_has_a_seat(acme: Person, studio: Person) -> None:
    acme.sandbox.reset(audited_users=1)
    acme.publish()

    assert acme.init().json()["error"]["code"] == "ok"
    assert studio.init().json()["error"]["code"] == "reached_active_user_cap"


def test_an_unaudited_app_has_five_seats(acme: Person) -> None:
    acme.sandbox.reset("unaudited-private-account", active_users=5)
    before = acme.init().json()["error"]["code"]
    acme.sandbox.reset("unaudited-private-account", active_users=4)

    assert before == "reached_active_user_cap"
    assert acme.init().json()["error"]["code"] == "ok"


def test_the_seats_of_others_are_free_after_a_day(acme: Person) -> None:
    acme.sandbox.reset("user-cap", expires_in=200_000)
    acme.sandbox.advance(86_400)

    assert acme.init().json()["error"]["code"] == "ok"
