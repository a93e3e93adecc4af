"""docs/media.md says what is checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tiktok_bridge.media import blocks, inspection, photo, rules
from tiktok_bridge.publish import creator

TEXT = (Path(__file__).parents[2] / "docs" / "media.md").read_text(encoding="utf-8")
ROWS = {line.split("|")[1].strip(): line for line in TEXT.splitlines() if "|" in line}


@pytest.mark.parametrize(
    ("row", "values"),
    [
        ("codec", list(rules.CODECS.values())),
        ("container", ["MP4", "MOV", "WebM"]),
        ("frames per second", list(rules.FPS)),
        ("duration", [f"{rules.MAX_SECONDS:g}"]),
        ("format", list(rules.PHOTO_FORMATS.values())),
    ],
)
def test_the_table_has_the_limits_of_the_code(row: str, values: list[object]) -> None:
    assert [value for value in values if str(value) not in ROWS[row]] == []


def test_the_limits_of_pixels_and_sizes_are_those_of_the_code() -> None:
    lines = TEXT.splitlines()
    video, still = (line for line in lines if line.startswith("| pixels"))

    assert f"{rules.PIXELS[0]} to {rules.PIXELS[1]}" in video
    longest, shorter = rules.PHOTO_SIDES
    assert f"{longest} on the longer side and {shorter} on the other" in still
    assert f"{rules.PHOTO_BYTES:,} bytes" in TEXT


def test_the_budgets_are_those_of_the_code() -> None:
    assert f"blocks of {blocks.BLOCK // 1024} KiB" in TEXT
    assert f"After {blocks.BUDGET >> 20} MiB ({photo.BUDGET >> 20} MiB of a" in TEXT


def test_sources_and_the_way_to_measure_are_named() -> None:
    assert rules.SOURCE in TEXT
    assert creator.SOURCE in TEXT
    assert inspection.HOW_TO_CHECK in TEXT


def test_what_the_extra_brings_is_what_is_imported() -> None:
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text()

    assert 'media = ["av>=' in project
    assert '"pillow>=' in project
    assert "diagnostics,media]" in project
