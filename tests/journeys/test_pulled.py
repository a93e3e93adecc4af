"""What TikTok fetches itself: published once, and never asked for twice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tiktok_bridge import State

if TYPE_CHECKING:
    from tests.journeys.conftest import Studio
    from tiktok_bridge import Bridge, Post, Result

VIDEO = "https://media.example.com/a.mp4?X-Amz-Signature=secret"
PHOTOS = ("https://media.example.com/a.jpg", "https://cdn.example.com/acme/b.webp")
PUBLIC = "PUBLIC_TO_EVERYONE"

LOST = [
    {"kind": "reset_before_reply"},
    {"kind": "truncated_json"},
    {"kind": "empty"},
    {"kind": "wrong_type"},
    {"kind": "wrong_json"},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 503},
    {"kind": "html", "status": 502},
    {"kind": "html", "status": 200},
]
"""What leaves open whether TikTok took the post."""


def photos(studio: Studio, **fields: Any) -> Post:  # noqa: ANN401 - those of `Post`
    said = {"video": "", "photos": PHOTOS, "privacy": PUBLIC, "id": "lookbook"}
    return studio.post(**said | fields)


def pulled(studio: Studio, **fields: Any) -> Post:  # noqa: ANN401 - those of `Post`
    return studio.post(**{"video": VIDEO, "transfer": "pull"} | fields)


def publish(studio: Studio, post: Post, **options: Any) -> Result:  # noqa: ANN401 - of `publish`
    with studio.bridge() as bridge:
        return bridge.publish(post, **options)


def stands(bridge: Bridge, post_id: str) -> Result:
    """Return where a post stands that the ledger has."""
    found = bridge.find(post_id)
    assert found
    return found


def sent(studio: Studio) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = studio.sandbox.state()["publishes"]
    return found


def test_photos_are_published_as_they_were_written(studio: Studio) -> None:
    post = photos(studio, description="Below", cover=1, add_music=True)

    result = publish(studio, post)

    assert result.state == State.PUBLISHED
    (one,) = sent(studio)
    assert one["urls"] == list(PHOTOS)
    assert (one["medium"], one["mode"], one["cover_index"]) == ("photo", "direct", 1)
    assert one["post_info"] == {
        "title": "Hello",
        "description": "Below",
        "privacy_level": PUBLIC,
        "disable_comment": True,
        "auto_add_music": True,
        "brand_content_toggle": False,
        "brand_organic_toggle": False,
    }


def test_a_video_is_pulled_from_its_address(studio: Studio) -> None:
    result = publish(studio, pulled(studio))

    assert result.state == State.PUBLISHED
    (one,) = sent(studio)
    assert (one["transfer"], one["urls"]) == ("pull", [VIDEO])
    assert one["privacy_level"] == "SELF_ONLY"
    assert studio.calls("upload") == 0


@pytest.mark.parametrize("make", [photos, pulled])
def test_a_draft_ends_in_the_inbox(studio: Studio, make: Any) -> None:  # noqa: ANN401 - either
    result = publish(studio, make(studio, mode="inbox", privacy=None))

    assert result.state == State.IN_INBOX
    assert sent(studio)[0]["mode"] == "inbox"


def test_photos_go_to_the_inbox_where_the_settings_say_so(studio: Studio) -> None:
    studio.sandbox.reset("unaudited-public-account")
    studio.log_in("acme")
    studio.configure("on_unaudited: fail", "on_unaudited: inbox")

    result = publish(studio, photos(studio))

    assert (result.state, result.mode) == (State.IN_INBOX, "inbox")
    assert studio.calls("photo_init") == 2


@pytest.mark.parametrize("fault", LOST, ids=str)
@pytest.mark.parametrize(("make", "kind"), [(photos, "photo"), (pulled, "video")])
def test_an_init_whose_answer_is_lost_is_not_repeated(
    studio: Studio,
    make: Any,  # noqa: ANN401 - either
    kind: str,
    fault: dict[str, object],
) -> None:
    studio.sandbox.faults(f"{kind}_init", [fault])

    result = publish(studio, make(studio))
    again = publish(studio, make(studio))

    assert (result.state, again.state) == (State.UNKNOWN, State.UNKNOWN)
    assert studio.calls(f"{kind}_init") == 1
    assert result.failure
    assert "nobody knows whether TikTok took it" in result.failure.message
    assert f"posts settle {result.id} --account acme" in str(result.failure.hint)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 429, "retry_after": 2},
        {"kind": "status", "status": 401, "code": "access_token_invalid"},
    ],
    ids=str,
)
def test_an_init_that_cannot_have_come_to_pass_is_repeated(
    studio: Studio, fault: dict[str, object]
) -> None:
    studio.sandbox.faults("photo_init", [fault])

    assert publish(studio, photos(studio)).state == State.PUBLISHED
    assert len(sent(studio)) == 1


def test_a_server_that_was_never_reached_has_taken_nothing(studio: Studio) -> None:
    url = studio.sandbox.base_url
    studio.configure(url, "http://127.0.0.1:9")
    with studio.bridge() as bridge:
        first = bridge.publish(photos(studio, mode="inbox", privacy=None), wait=0)
    studio.configure("http://127.0.0.1:9", url)

    assert (first.state, first.failure is None) == (State.PLANNED, False)
    assert publish(studio, photos(studio, mode="inbox", privacy=None)).sent


class Dying(httpx.HTTPTransport):
    """Brings the request for photos to TikTok, and dies before the answer is read."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        if request.url.path == "/v2/post/publish/content/init/":
            answer.close()
            raise KeyboardInterrupt
        return answer


def test_a_process_that_died_after_asking_leaves_it_to_a_person(studio: Studio) -> None:
    with studio.bridge(transport=Dying()) as bridge, pytest.raises(KeyboardInterrupt):
        bridge.publish(photos(studio))

    result = publish(studio, photos(studio))

    assert result.state == State.UNKNOWN
    assert result.failure
    assert "the answer was lost" in result.failure.message
    assert studio.calls("photo_init") == 1


def test_a_refused_address_is_explained(studio: Studio) -> None:
    post = pulled(studio, video="https://elsewhere.example.org/a.mp4")

    result = publish(studio, post)

    assert result.state == State.FAILED
    assert result.failure
    assert result.failure.code == "url_ownership_unverified"
    assert result.failure.log_id


def test_the_history_says_what_was_asked_without_secrets(studio: Studio) -> None:
    publish(studio, pulled(studio))
    with studio.bridge() as bridge:
        (entry,) = bridge.ledger.entries()
        history = bridge.ledger.history(entry.key)
    moves, answers = {one.state: one for one in history}, [m.answered for m in history]

    asked = moves[State.INIT_SENT].asked
    assert asked
    assert asked["body"]["source_info"]["video_url"] == VIDEO.partition("?")[0]
    assert asked["body"]["post_info"]["privacy_level"] == "SELF_ONLY"
    assert "SELF_ONLY" in asked["creator_info"]["offered"]
    assert {"http_status": 200, "publish_id": entry.publish_id} in answers
    said = moves[State.PUBLISHED].answered
    assert said
    assert said["data"]["status"] == "PUBLISH_COMPLETE"
    assert "secret" not in json.dumps([asked, said])


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"photos": ["http://media.example.com/a.jpg"]}, "is not https"),
        ({"photos": ["https://192.0.2.1/a.jpg"]}, "by its number"),
        ({"photos": ["clip.mp4"]}, "photos[0] clip.mp4"),
        (
            {"photos": ["https://a.example/1.jpg"] * 36},
            "has 36 entries; 35 is the most",
        ),
        ({"photos": ["https://a.example/1.jpg"], "cover": 1}, "there are 1 photo(s)"),
        ({"photos": ["https://a.example/1.jpg"], "video": "a.mp4"}, "not both"),
        ({"photos": ["https://a.example/1.jpg"], "transfer": "upload"}, "cannot be"),
        ({"photos": ["https://a.example/1.jpg"], "cover_at": 1}, "is for videos"),
        ({"video": "clip.mp4", "transfer": "pull"}, "has no public address"),
        ({"video": "clip.mp4", "description": "x"}, "is for photos"),
        ({"video": "clip.mp4", "cover": 0}, "is for photos"),
        ({}, "`video` is missing"),
    ],
)
def test_what_cannot_be_pulled_is_told_with_its_line(
    studio: Studio,
    capsys: pytest.CaptureFixture[str],
    fields: dict[str, object],
    wrong: str,
) -> None:
    post = {"id": "one", "account": "acme", "privacy": "SELF_ONLY"} | fields
    text = json.dumps({"version": 1, "posts": [post]})
    (studio.folder / "posts.yaml").write_text(text)

    assert studio.publish() == 2
    told = capsys.readouterr().err
    assert wrong in told
    assert "posts.yaml:1" in told
    assert studio.calls("photo_init") == studio.calls("video_init") == 0


def test_defaults_are_for_the_posts_that_can_have_them(studio: Studio) -> None:
    document = {
        "version": 1,
        "defaults": {
            "account": "acme",
            "transfer": "upload",
            "cover_at": 0.5,
            "description": "Below",
            "add_music": True,
        },
        "posts": [
            {"id": "film", "video": "clip.mp4", "privacy": "SELF_ONLY"},
            {"id": "book", "photos": list(PHOTOS), "privacy": "SELF_ONLY"},
        ],
    }
    (studio.folder / "posts.yaml").write_text(json.dumps(document))

    assert studio.publish() == 0
    film, book = sent(studio)
    assert film["post_info"]["video_cover_timestamp_ms"] == 500
    assert book["post_info"]["description"] == "Below"
