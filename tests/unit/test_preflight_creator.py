"""What a creator may do is held against a post, offline and online."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.conftest import Studio
from tests.unit.test_media_rules import GOOD
from tiktok_bridge.models import Allow, Post
from tiktok_bridge.publish.creator import SOURCE, against_creator
from tiktok_bridge.tiktok.content import CreatorInfo

if TYPE_CHECKING:
    from pathlib import Path

    from tiktok_bridge_sandbox.handle import TikTokSandbox

CREATOR = CreatorInfo(
    username="acme",
    nickname="Acme",
    avatar_url=None,
    privacy_level_options=("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"),
    comment_disabled=False,
    duet_disabled=False,
    stitch_disabled=False,
    max_duration_seconds=60,
    log_id=None,
    data={},
)
CLOSED = replace(
    CREATOR, comment_disabled=True, duet_disabled=True, stitch_disabled=True
)
ALL = Allow(comment=True, duet=True, stitch=True)


def post(**fields: Any) -> Post:  # noqa: ANN401 - those of `Post`
    defaults = {"id": "one", "account": "acme", "video": "a.mp4"}
    return Post(**defaults | {"privacy": "SELF_ONLY"} | fields)


def test_what_the_creator_may_do_meets_no_objection() -> None:
    long = replace(GOOD, duration_seconds=60.0)

    assert against_creator(post(allow=ALL), long, CREATOR) == []


def test_a_privacy_that_is_not_offered_is_refused_with_those_that_are() -> None:
    (one,) = against_creator(post(privacy="FOLLOWER_OF_CREATOR"), GOOD, CREATOR)

    assert (one.key, one.warning) == ("privacy", False)
    assert "PUBLIC_TO_EVERYONE, MUTUAL_FOLLOW_FRIENDS, SELF_ONLY" in one.message
    assert SOURCE in one.message


def test_a_video_that_is_too_long_for_its_creator_is_refused_with_the_command() -> None:
    long = replace(GOOD, duration_seconds=60.5)

    (one,) = against_creator(post(), long, CREATOR, "file:///media/a.mp4")

    assert "a.mp4 lasts 60.50 s; this creator may post 60 s at most" in one.message
    assert one.hint == "ffmpeg -i /media/a.mp4 -t 59.5 -c copy /media/a-tiktok.mp4"


def test_what_is_off_in_the_account_is_warned_of() -> None:
    found = against_creator(post(allow=ALL), GOOD, CLOSED)

    keys = ["allow.comment", "allow.duet", "allow.stitch"]
    assert [(one.key, one.warning) for one in found] == [(key, True) for key in keys]
    assert against_creator(post(), GOOD, CLOSED) == []


def test_photos_know_no_duets() -> None:
    photos = post(video="", photos=("https://media.example.com/a.jpg",), allow=ALL)

    found = against_creator(photos, None, CLOSED)

    assert [one.key for one in found] == ["allow.comment"]


@pytest.mark.parametrize(
    "silent",
    [
        replace(CREATOR, max_duration_seconds=None, privacy_level_options=()),
        replace(
            CREATOR, comment_disabled=None, duet_disabled=None, stitch_disabled=None
        ),
    ],
)
def test_what_tiktok_does_not_say_is_no_objection(silent: CreatorInfo) -> None:
    assert against_creator(post(allow=ALL), GOOD, silent) == []


def test_a_draft_is_held_against_nothing() -> None:
    draft = post(mode="inbox", privacy=None, allow=ALL)

    assert against_creator(draft, replace(GOOD, duration_seconds=99.0), CLOSED) == []


# check --online


@pytest.fixture
def studio(tmp_path: Path, tiktok_sandbox: TikTokSandbox) -> Studio:
    studio = Studio(tmp_path / "studio", tiktok_sandbox)
    studio.log_in("acme")
    return studio


def plan(studio: Studio, *posts: str) -> str:
    path = studio.folder / "posts.yaml"
    lines = (f"  - {{{one}, account: acme, video: clip.mp4}}\n" for one in posts)
    path.write_text("version: 1\nposts:\n" + "".join(lines))
    return str(path)


def test_check_asks_tiktok_only_where_it_is_told_to(studio: Studio) -> None:
    posts = plan(studio, "id: one, privacy: SELF_ONLY", "id: two, privacy: SELF_ONLY")

    assert studio.run("check", posts) == 0
    assert studio.calls("creator_info") == 0

    assert studio.run("check", posts, "--online") == 0
    assert studio.calls("creator_info") == 1
    assert studio.calls("video_init") == 0


def test_check_online_tells_the_line_of_a_privacy_that_is_not_offered(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    posts = plan(
        studio, "id: one, privacy: SELF_ONLY", "id: two, privacy: FOLLOWER_OF_CREATOR"
    )
    capsys.readouterr()

    assert studio.run("check", posts, "--online", "--format", "json") == 2

    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["line"], problem["key"]) == (4, "posts[1].privacy")
    assert "does not offer FOLLOWER_OF_CREATOR" in problem["message"]


def test_check_online_knows_how_long_the_creator_may_post(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    studio.sandbox.reset(max_duration=3)
    studio.log_in("acme")
    posts = plan(studio, "id: one, privacy: SELF_ONLY")

    assert studio.run("check", posts, "--online") == 2

    err = capsys.readouterr().err
    assert "clip.mp4 lasts 4.02 s; this creator may post 3 s at most" in err
    clip = studio.folder / "media" / "clip"
    assert f"→ ffmpeg -i {clip}.mp4 -t 2.5 -c copy {clip}-tiktok.mp4" in err


def test_check_online_asks_nothing_for_drafts_or_unknown_accounts(
    studio: Studio,
) -> None:
    posts = plan(studio, "id: one, mode: inbox")

    assert studio.run("check", posts, "--online") == 0
    assert studio.calls("creator_info") == 0


def test_check_online_tells_a_refusal_once_per_post_and_asks_once(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    studio.sandbox.reset("banned")
    studio.log_in("acme")
    posts = plan(studio, "id: one, privacy: SELF_ONLY", "id: two, privacy: SELF_ONLY")
    capsys.readouterr()

    assert studio.run("check", posts, "--online") == 2

    err = capsys.readouterr().err
    assert err.count("(log id ") == 2
    assert studio.calls("creator_info") == 1


def test_check_online_shares_the_limit_of_the_account(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    posts = plan(studio, "id: one, privacy: SELF_ONLY")
    for _ in range(20):
        assert studio.run("check", posts, "--online") == 0

    assert studio.run("check", posts, "--online") == 2
    assert "try again in " in capsys.readouterr().err
    assert studio.calls("creator_info") == 20
