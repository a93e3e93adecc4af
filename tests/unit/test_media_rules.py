"""What TikTok takes, at each limit, and the words in which it is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tiktok_bridge.media import rules
from tiktok_bridge.media.facts import PhotoFacts, VideoFacts

GOOD = VideoFacts(
    container="mp4",
    size_bytes=1_000_000,
    codec="h264",
    width=1080,
    height=1920,
    rotation=0,
    fps=30.0,
    fps_highest=30.0,
    fps_lowest=30.0,
    duration_seconds=15.0,
    read_bytes=65_536,
)
PHOTO = PhotoFacts(format="jpeg", size_bytes=1_000_000, width=1080, height=1080)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"container": "mov"},
        {"container": "webm", "codec": "vp9"},
        {"codec": "vp8"},
        {"codec": "hevc"},
        {"width": 360, "height": 360},
        {"width": 4096, "height": 4096},
        {"fps": 23.0, "fps_highest": 23.0, "fps_lowest": 23.0},
        {"fps": 24000 / 1001},
        {"fps": 60.0, "fps_highest": 60.0, "fps_lowest": 60.0},
        {"fps": 60.004},
        {"fps": 30.0, "fps_highest": 31.0, "fps_lowest": 29.0},
        {"fps": 59.9, "fps_highest": 62.5, "fps_lowest": 58.8},
        {"duration_seconds": 600.0},
        {"duration_seconds": 0.3},
        {"size_bytes": 4 * 1024**3},
    ],
)
def test_a_video_inside_of_every_limit_breaks_no_rule(
    changes: dict[str, object],
) -> None:
    assert rules.check_video(replace(GOOD, **changes)) == []  # type: ignore[arg-type] # of any field


@pytest.mark.parametrize(
    ("changes", "rule", "said"),
    [
        ({"container": "mkv"}, "container", "Matroska"),
        ({"codec": "av1"}, "codec", "is encoded as av1; TikTok takes H.264, H.265"),
        ({"codec": ""}, "codec", "something unknown"),
        ({"width": 359}, "pixels", "has 359x1920 pixels; TikTok takes 360 to 4096"),
        ({"height": 4097}, "pixels", "has 1080x4097 pixels"),
        ({"height": 4097, "rotation": 90}, "pixels", "(turned by 90°)"),
        ({"fps": 22.99}, "fps", "has 22.99 frames per second; TikTok takes 23 to 60"),
        ({"fps": 60.02}, "fps", "has 60.02 frames per second"),
        ({"fps": 61.0}, "fps", "has 61 frames per second"),
        ({"duration_seconds": 600.01}, "duration", "lasts 600.01 s; TikTok takes at"),
        ({"size_bytes": 4 * 1024**3 + 1}, "size", "has 4,294,967,297 bytes"),
    ],
)
def test_a_video_behind_a_limit_is_told_the_value_the_rule_and_its_source(
    changes: dict[str, object], rule: str, said: str
) -> None:
    (fault,) = rules.check_video(replace(GOOD, **changes))  # type: ignore[arg-type] # of any field

    assert (fault.rule, fault.is_certain) == (rule, True)
    assert said in fault.message
    assert rules.SOURCE in fault.message


@pytest.mark.parametrize(
    ("changes", "rule", "said"),
    [
        ({"fps": None}, "fps", "does not say its frames per second"),
        (
            {"fps": 29.5, "fps_highest": 120.0, "fps_lowest": 4.0},
            "fps",
            "variable rate: 29.5 frames per second on average, 4 to 120 from",
        ),
        ({"duration_seconds": None}, "duration", "does not say how long it is"),
    ],
)
def test_what_tiktok_may_take_is_a_doubt_and_no_refusal(
    changes: dict[str, object], rule: str, said: str
) -> None:
    (fault,) = rules.check_video(replace(GOOD, **changes))  # type: ignore[arg-type] # of any field

    assert (fault.rule, fault.is_certain) == (rule, False)
    assert said in fault.message


def test_everything_that_is_wrong_is_told() -> None:
    bad = replace(GOOD, codec="av1", fps=10.0, width=200, duration_seconds=700.0)

    faults = [fault.rule for fault in rules.check_video(bad)]

    assert faults == ["codec", "fps", "pixels", "duration"]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"format": "webp"},
        {"width": 1920, "height": 1080},
        {"width": 1080, "height": 1920},
        {"width": 1, "height": 1},
        {"size_bytes": 20_000_000},
        {"width": 0, "height": 0},
    ],
)
def test_a_photo_inside_of_every_limit_breaks_no_rule(
    changes: dict[str, object],
) -> None:
    assert rules.check_photo(replace(PHOTO, **changes)) == []  # type: ignore[arg-type] # of any field


@pytest.mark.parametrize(
    ("changes", "rule", "said"),
    [
        ({"format": "png"}, "format", "is PNG; TikTok takes JPEG and WebP"),
        ({"width": 1086, "height": 1448}, "pixels", "has 1086x1448 pixels"),
        ({"width": 1254, "height": 1254}, "pixels", "has 1254x1254 pixels"),
        ({"width": 1921, "height": 1080}, "pixels", "1920 on the longer side"),
        ({"size_bytes": 20_000_001}, "size", "has 20,000,001 bytes"),
    ],
)
def test_a_photo_behind_a_limit_is_told_the_value_the_rule_and_its_source(
    changes: dict[str, object], rule: str, said: str
) -> None:
    (fault,) = rules.check_photo(replace(PHOTO, **changes))  # type: ignore[arg-type] # of any field

    assert fault.rule == rule
    assert said in fault.message
    assert rules.SOURCE in fault.message
