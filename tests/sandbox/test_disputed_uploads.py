"""Uploads, repeats and memory in each of the ways that were seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx

    from tests.sandbox.conftest import Person

FIVE = 5_000_000


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def message_of(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["message"])


def announce(person: Person, size: int, chunk: int, count: int) -> httpx.Response:
    source = {
        "source": "FILE_UPLOAD",
        "video_size": size,
        "chunk_size": chunk,
        "total_chunk_count": count,
    }
    return person.post("inbox/video/init", {"source_info": source})


@pytest.mark.parametrize(
    ("switch", "message"),
    [
        ("size-message", "The chunk size is invalid"),
        ("count-message", "The total chunk count is invalid"),
        ("accept", ""),
    ],
)
def test_one_chunk_smaller_than_the_video_meets_the_switch(
    acme: Person, switch: str, message: str
) -> None:
    acme.sandbox.reset(single_chunk=switch)

    assert message_of(announce(acme, 66_000_000, 64_000_000, 1)) == message


def test_an_accepted_single_chunk_takes_the_whole_video(acme: Person) -> None:
    acme.sandbox.reset(single_chunk="accept")
    url = announce(acme, len(acme.movie), 10_000_000, 1).json()["data"]["upload_url"]

    assert acme.put(url, acme.movie).status_code == 201


@pytest.mark.parametrize(
    ("limit", "admitted"),
    [
        ("128MB", [128_000_000]),
        ("4GB", [128_000_000, 4_000_000_000]),
        ("10GB", [128_000_000, 4_000_000_000, 10_000_000_000]),
    ],
)
def test_the_largest_video_is_what_the_switch_says(
    acme: Person, limit: str, admitted: list[int]
) -> None:
    acme.sandbox.reset(max_video=limit)

    found = [
        size
        for size in (128_000_000, 4_000_000_000, 10_000_000_000, 10_064_000_000)
        if announce(acme, size, 64_000_000, size // 64_000_000).status_code == 200
    ]

    assert found == admitted


def test_a_video_has_a_thousand_chunks_at_most(acme: Person) -> None:
    acme.sandbox.reset(max_video="10GB")

    most = announce(acme, 1_000 * FIVE, FIVE, 1_000)
    more = announce(acme, 1_001 * FIVE, FIVE, 1_001)

    assert (message_of(most), message_of(more)) == (
        "",
        "The total chunk count is invalid",
    )


@pytest.mark.parametrize("path", ["/upload", "/upload/", "/video/"])
def test_uploads_go_to_the_path_of_the_switch_and_to_no_other(
    acme: Person, path: str
) -> None:
    acme.sandbox.reset(upload_path=path)
    url = acme.init().json()["data"]["upload_url"]
    others = {"/upload", "/upload/", "/video/"} - {path}

    wrong = [acme.put(url.replace(path + "?", o + "?")).status_code for o in others]

    assert wrong == [404, 404]
    assert acme.put(url).status_code == 201


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("empty", None, ""),
        ("json", "application/json", "{}"),
        ("html", "text/html; charset=utf-8", "<html></html>"),
    ],
)
def test_an_answer_of_the_upload_host_has_the_body_of_the_switch(
    acme: Person, body: str, kind: str | None, text: str
) -> None:
    acme.sandbox.reset(upload_body=body)
    url = acme.init().json()["data"]["upload_url"]

    good, late = acme.put(url), acme.put(url)

    assert (good.status_code, late.status_code) == (201, 416)
    for answer in (good, late):
        assert (answer.headers.get("content-type"), answer.text) == (kind, text)


def test_every_chunk_can_answer_200(acme: Person) -> None:
    acme.sandbox.reset(chunk_status="all-200")
    url = announce(acme, len(acme.movie), FIVE, 2).json()["data"]["upload_url"]

    codes = [
        acme.put(url, acme.movie, 0, FIVE - 1).status_code,
        acme.put(url, acme.movie, FIVE).status_code,
    ]

    assert codes == [200, 200]


@pytest.mark.parametrize(
    ("switch", "posts"), [("two-posts", 2), ("same-publish-id", 1)]
)
def test_two_equal_inits_meet_the_switch(acme: Person, switch: str, posts: int) -> None:
    acme.sandbox.reset(duplicate_inits=switch)

    ids = {acme.pull().json()["data"]["publish_id"] for _ in range(2)}

    assert len(ids) == len(acme.sandbox.state()["publishes"]) == posts


def test_only_equal_inits_of_one_creator_are_the_same(
    acme: Person, studio: Person
) -> None:
    acme.sandbox.reset(duplicate_inits="same-publish-id")

    acme.pull(title="one")
    acme.pull(title="two")
    studio.pull(title="one")

    assert len(acme.sandbox.state()["publishes"]) == 3


def test_a_failed_post_may_be_repeated(acme: Person) -> None:
    acme.sandbox.reset(duplicate_inits="same-publish-id", pull_seconds=100)
    first = acme.pull().json()["data"]["publish_id"]
    acme.cancel(first)

    assert acme.pull().json()["data"]["publish_id"] != first


@pytest.mark.parametrize(("seconds", "posts"), [(3_599, 1), (3_600, 2)])
def test_an_equal_init_never_brings_a_dead_upload_url(
    acme: Person, seconds: int, posts: int
) -> None:
    acme.sandbox.reset(duplicate_inits="same-publish-id")
    acme.init()
    acme.sandbox.advance(seconds)

    url = acme.init().json()["data"]["upload_url"]

    assert acme.put(url).status_code == 201
    assert len(acme.sandbox.state()["publishes"]) == posts


def test_a_publish_id_can_be_forgotten(acme: Person) -> None:
    acme.sandbox.reset(publish_id_seconds=3_600)
    publish_id = acme.publish()
    acme.sandbox.advance(3_500)

    before = code_of(acme.status(publish_id))
    acme.sandbox.advance(100)

    assert before == (200, "ok")
    assert code_of(acme.status(publish_id)) == (400, "invalid_publish_id")


def test_an_unfinished_draft_is_dropped_in_time(acme: Person) -> None:
    acme.sandbox.reset(draft_seconds=1_000, pending_drafts=1)
    publish_id = acme.upload(acme.draft())
    full = code_of(acme.draft())[1]
    acme.sandbox.advance(1_001)

    with pytest.raises(ValueError, match="dropped"):
        acme.sandbox.creator("finish-draft", publish_id=publish_id)

    assert full == "spam_risk_too_many_pending_share"
    assert code_of(acme.draft())[1] == "ok"


def test_a_finished_draft_is_pending_no_more(acme: Person) -> None:
    acme.sandbox.reset(pending_drafts=1)
    publish_id = acme.upload(acme.draft())
    acme.sandbox.advance(10)

    acme.sandbox.creator("finish-draft", publish_id=publish_id)

    assert code_of(acme.draft()) == (200, "ok")


@pytest.mark.parametrize("counts", [True, False])
def test_drafts_take_seats_if_the_switch_says_so(
    acme: Person, studio: Person, *, counts: bool
) -> None:
    acme.sandbox.reset(drafts_use_seats=counts, audited_users=1)
    acme.upload(acme.draft())

    codes = [code_of(studio.draft())[1], code_of(studio.init())[1]]

    full = "reached_active_user_cap"
    assert codes == ([full, full] if counts else ["ok", "ok"])


@pytest.mark.parametrize(
    "wish",
    [
        {"action": "dance"},
        {"action": "hide", "publish_id": "v_pub_file~v2-1.1"},
        {"action": "make-private", "account": "nobody"},
        {},
    ],
)
def test_a_creator_does_only_what_makes_sense(
    acme: Person, wish: dict[str, object]
) -> None:
    answer = acme.http.post("/_sandbox/creator", json=wish)

    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_post_is_no_draft_and_a_private_post_cannot_be_hidden(acme: Person) -> None:
    publish_id = acme.publish()
    acme.sandbox.advance(60)

    for action in ("finish-draft", "hide"):
        with pytest.raises(ValueError, match="publish_id"):
            acme.sandbox.creator(action, publish_id=publish_id)


def test_a_draft_keeps_the_level_its_creator_chose(acme: Person) -> None:
    publish_id = acme.upload(acme.draft())
    acme.sandbox.advance(60)

    acme.sandbox.creator(
        "finish-draft", publish_id=publish_id, privacy_level="SELF_ONLY"
    )
    acme.sandbox.advance(60)

    assert acme.status(publish_id).json()["data"] == {"status": "PUBLISH_COMPLETE"}
