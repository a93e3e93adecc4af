"""Posts of a file are checked as `check` does, and each rule has a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.diagnostics.outcome import CHECKS, NOW, SILENT, told
from tests.journeys.conftest import Studio
from tiktok_bridge import ConfigError, Fact, host
from tiktok_bridge_diagnostics import drafts
from tiktok_bridge_diagnostics.doctor import examine

if TYPE_CHECKING:
    from pathlib import Path

    from tiktok_bridge_sandbox.handle import TikTokSandbox

MEDIA = [name for name in CHECKS if name.startswith("media.")]


def draft(**data: Any) -> Fact:  # noqa: ANN401 - JSON
    given: dict[str, Any] = {
        "media": "video",
        "is_pulled": False,
        "size_bytes": 100,
        "plan": {"chunk_size": 100, "total_chunk_count": 1},
        "wrong": {},
        "doubtful": {},
    }
    return Fact("draft", "1", given | data, "drafts.1", NOW)


WRONG = [["it is wrong", "mend it"]]
PULLED = {"is_pulled": True, "size_bytes": None, "plan": None}


@pytest.mark.parametrize(
    ("check", "data", "expected"),
    [
        ("open", {}, ("pass", "read")),
        ("open", {"size_bytes": None, "plan": None}, ("fail", "unreadable")),
        ("open", {"size_bytes": 0, "plan": None}, ("fail", "empty")),
        ("open", PULLED, ("skipped", "not-applicable")),
        ("format", {}, ("pass", "sound")),
        ("format", {"wrong": {"video": WRONG}}, ("fail", "refused")),
        ("format", {"doubtful": {"video": WRONG}}, ("warn", "doubtful")),
        ("format", {"wrong": {"title": WRONG}}, ("pass", "sound")),
        ("photo", {}, ("skipped", "not-applicable")),
        ("photo", PULLED | {"media": "photos"}, ("pass", "sound")),
        (
            "photo",
            PULLED | {"media": "photos", "wrong": {"photos": WRONG}},
            ("fail", "refused"),
        ),
        ("caption", {}, ("pass", "sound")),
        ("caption", {"wrong": {"description": WRONG}}, ("fail", "refused")),
        ("url", {}, ("skipped", "not-applicable")),
        ("url", PULLED, ("pass", "sound")),
        ("url", PULLED | {"wrong": {"video": WRONG}}, ("fail", "refused")),
        ("fields", {"wrong": {"video": WRONG, "title": WRONG}}, ("pass", "sound")),
        ("fields", {"wrong": {"account": WRONG}}, ("fail", "refused")),
        ("fields", {"doubtful": {"allow": WRONG}}, ("warn", "doubtful")),
        ("chunk_plan", {}, ("pass", "valid")),
        ("chunk_plan", {"plan": None}, ("skipped", "not-applicable")),
    ],
)
def test_each_key_of_a_post_has_its_check(
    check: str, data: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert told(f"media.{check}", [draft(**data)])[0][:2] == expected


@pytest.mark.parametrize(
    ("size", "chunk", "count", "is_valid"),
    [
        (64_000_000, 64_000_000, 1, True),
        (64_000_001, 64_000_001, 1, False),
        (64_000_001, 64_000_000, 1, False),
        (100_000_000, 10_000_000, 10, True),
        (109_999_999, 10_000_000, 10, True),
        (110_000_000, 10_000_000, 10, False),
        (100_000_000, 5_000_000, 20, False),
        (100_000_000, 65_000_000, 1, False),
        (5_242_880 * 1001, 5_242_880, 1001, False),
    ],
)
def test_a_plan_is_held_against_both_readings_of_mb(
    size: int, chunk: int, count: int, *, is_valid: bool
) -> None:
    plan = {"chunk_size": chunk, "total_chunk_count": count}

    found = told("media.chunk_plan", [draft(size_bytes=size, plan=plan)])

    assert found[0][0] == ("pass" if is_valid else "fail")


def test_without_posts_nothing_is_said() -> None:
    for name in MEDIA:
        assert told(name, []) == SILENT


POSTS = """\
version: 1
posts:
  - {id: good, account: acme, video: clip.mp4, privacy: SELF_ONLY}
  - {id: gone, account: acme, video: gone.mp4, privacy: SELF_ONLY}
  - {id: text, account: acme, video: text.mp4, privacy: SELF_ONLY}
  - {id: long, account: acme, video: clip.mp4, privacy: SELF_ONLY, title: "TITLE"}
  - {id: who, account: nobody, video: clip.mp4, privacy: SELF_ONLY}
  - {id: far, account: acme, video: "http://10.0.0.1/a.mp4", transfer: pull,
     privacy: SELF_ONLY}
"""


def test_a_file_of_posts_is_looked_at_and_nothing_is_sent(
    tmp_path: Path, tiktok_sandbox: TikTokSandbox
) -> None:
    studio = Studio(tmp_path / "studio", tiktok_sandbox)
    studio.log_in("acme")
    (studio.folder / "media" / "text.mp4").write_text("no video")
    path = studio.folder / "posts.yaml"
    path.write_text(POSTS.replace("TITLE", "x" * 2201))

    examined = examine(
        studio.folder / "bridge.yaml", host.load(), also=[drafts.collector(path)]
    )

    wrong = {
        (one.check, one.about)
        for one in examined.report.findings
        if one.check in MEDIA and one.status.value == "fail"
    }
    assert wrong == {
        ("media.open", "2"),
        ("media.format", "3"),
        ("media.caption", "4"),
        ("media.fields", "5"),
        ("media.url", "6"),
    }
    assert studio.calls("video_init") == studio.calls("upload") == 0
    planned = [one for one in examined.collection.facts if one.kind == "planned"]
    assert {one.about for one in planned} >= {"acme/good", "nobody/who"}


def test_posts_that_cannot_be_read_are_told_before_anything_is_gathered(
    tmp_path: Path,
) -> None:
    with pytest.raises(ConfigError):
        drafts.collector(tmp_path / "gone.yaml")
