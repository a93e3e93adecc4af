"""What the Display API lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tiktok_bridge_sandbox.publishes import Post, Publish
from tiktok_bridge_sandbox.pulls import Pull, PullPlan
from tiktok_bridge_sandbox.switches import Switches
from tiktok_bridge_sandbox.videos import list_public

if TYPE_CHECKING:
    import httpx

    from tests.sandbox.conftest import Person

PUBLIC = "PUBLIC_TO_EVERYONE"


def ask(person: Person, fields: str = "id,title", **body: object) -> httpx.Response:
    return person.http.post(
        f"/v2/video/list/?fields={fields}", json=body, headers=person.bearer()
    )


def query(person: Person, *ids: object, fields: str = "id") -> httpx.Response:
    return person.http.post(
        f"/v2/video/query/?fields={fields}",
        json={"filters": {"video_ids": list(ids)}},
        headers=person.bearer(),
    )


def titles(answer: httpx.Response) -> list[str]:
    return [video["title"] for video in answer.json()["data"]["videos"]]


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def post(person: Person, *names: str, level: str = PUBLIC) -> None:
    """Publish one video per name, a second apart, and let moderation pass."""
    for name in names:
        person.upload(person.init(level, {"title": name}))
        person.sandbox.advance(1)
    person.sandbox.advance(60)


def post_id(person: Person, number: int = 0) -> str:
    return str(person.sandbox.state()["publishes"][number]["post_id"])


def test_public_posts_are_listed_newest_first(acme: Person) -> None:
    post(acme, "one", "two", "three")

    assert titles(ask(acme)) == ["three", "two", "one"]


def test_private_and_unmoderated_posts_and_drafts_are_not_listed(acme: Person) -> None:
    acme.sandbox.reset(moderation_seconds=1_000)
    post(acme, "private", level="SELF_ONLY")
    post(acme, "in moderation")
    acme.upload(acme.draft())
    acme.sandbox.advance(60)

    assert titles(ask(acme)) == []


def test_nobody_sees_the_posts_of_others(acme: Person, studio: Person) -> None:
    post(acme, "one")

    assert titles(ask(studio)) == []


def test_pages_follow_the_cursor_without_gaps_or_repeats(acme: Person) -> None:
    acme.sandbox.reset(limits=False)
    names = [str(number) for number in range(7)]
    post(acme, *names)

    seen: list[str] = []
    page: dict[str, Any] = {"has_more": True}
    while page["has_more"]:
        answer = ask(
            acme, max_count=3, **{k: page[k] for k in ("cursor",) if k in page}
        )
        page = answer.json()["data"]
        seen += titles(answer)

    assert seen == names[::-1]


def test_no_two_posts_share_a_moment() -> None:
    publishes = [
        Publish(
            publish_id=f"v_pub_url~v2.{number}",
            account="acme",
            medium="video",
            mode="direct",
            post_info=None,
            privacy_level=PUBLIC,
            source=Pull(PullPlan(("https://media.example.com/",)), 1_000.0, 0.0),
            switches=Switches(),
            opened_at=1_000.0,
            client_key="",
            posts=[Post(number, PUBLIC)],
        )
        for number in range(3)
    ]

    listed = list_public(publishes, "acme", 2_000.0)

    assert [video.moment for video in listed] == [1_000_502, 1_000_501, 1_000_500]
    assert [video.post.post_id for video in listed] == [2, 1, 0]


def test_a_page_has_ten_posts_unless_it_says_another_number(acme: Person) -> None:
    acme.sandbox.reset(limits=False)
    post(acme, *map(str, range(11)))

    assert len(titles(ask(acme))) == 10
    assert ask(acme).json()["data"]["has_more"] is True
    assert len(titles(ask(acme, max_count=20))) == 11


@pytest.mark.parametrize("count", [0, 21, "3"])
def test_a_page_of_another_size_is_refused(acme: Person, count: object) -> None:
    assert code_of(ask(acme, max_count=count)) == (400, "invalid_params")


def test_only_the_fields_asked_for_are_told(acme: Person) -> None:
    post(acme, "one")

    video = ask(acme, "id,create_time,view_count").json()["data"]["videos"][0]

    assert list(video) == ["id", "create_time", "view_count"]
    assert video["id"] == post_id(acme)
    assert abs(video["create_time"] - acme.sandbox.state()["now"]) < 100


def test_every_field_can_be_asked_for_and_none_says_who_sees_it(acme: Person) -> None:
    post(acme, "a" * 200)

    video = ask(
        acme,
        "id,create_time,cover_image_url,share_url,video_description,duration,height,"
        "width,title,embed_html,embed_link,like_count,comment_count,share_count,"
        "view_count",
    ).json()["data"]["videos"][0]

    assert len(video) == 15
    assert len(video["title"]) == 150


def test_fields_are_asked_for_by_name(acme: Person) -> None:
    assert code_of(ask(acme, "")) == (400, "invalid_params")
    assert code_of(ask(acme, "privacy_level")) == (400, "invalid_params")
    assert code_of(query(acme, fields="")) == (400, "invalid_params")


def test_photos_are_listed_with_their_description(acme: Person) -> None:
    said = {"privacy_level": PUBLIC, "title": "Lookbook", "description": "Spring"}
    acme.photos(level=PUBLIC, post_info=said)
    acme.sandbox.advance(60)

    videos = ask(acme, "title,video_description").json()["data"]["videos"]

    assert videos == [{"title": "Lookbook", "video_description": "Spring"}]


def test_a_query_returns_only_the_creators_own_public_posts(
    acme: Person, studio: Person
) -> None:
    post(acme, "one")
    mine = post_id(acme)

    found = query(acme, mine, "7000000000000000000").json()["data"]["videos"]

    assert found == [{"id": mine}]
    assert query(studio, mine).json()["data"]["videos"] == []


def test_a_query_names_twenty_posts_at_most(acme: Person) -> None:
    assert code_of(query(acme, *["7"] * 20)) == (200, "ok")
    assert code_of(query(acme, *["7"] * 21)) == (400, "invalid_params")


def test_without_the_scope_nothing_is_listed(acme: Person) -> None:
    acme.sandbox.reset("scope-missing")

    assert code_of(ask(acme)) == (401, "scope_not_authorized")
    assert code_of(query(acme)) == (401, "scope_not_authorized")


def test_a_hidden_post_leaves_the_list_and_the_status(acme: Person) -> None:
    post(acme, "one", "two")
    publish = acme.sandbox.state()["publishes"][0]

    acme.sandbox.creator("hide", publish_id=publish["publish_id"])

    assert titles(ask(acme)) == ["two"]
    assert acme.status(publish["publish_id"]).json()["data"] == {
        "status": "PUBLISH_COMPLETE"
    }


def test_an_id_that_status_never_names_is_listed(acme: Person) -> None:
    acme.sandbox.reset("no-post-id")
    post(acme, "one")

    assert titles(ask(acme)) == ["one"]
