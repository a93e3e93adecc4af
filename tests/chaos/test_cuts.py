"""Cut an upload at any byte of any chunk: it goes on, and is posted once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.chaos.cuts import Publisher, draw_cuts, hosting
from tests.chaos.haste import forget_the_disk
from tiktok_bridge.tiktok import chunks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.chaos.cuts import Host

CUTS = 2000
SMALL = 3000
REAL = 31_000_123

HOSTS = [
    ("boundary", "index"),
    ("boundary", "count"),
    ("rewind", "index"),
    ("rewind", "count"),
    ("rewind", "absent"),
]
"""Hosts that tell where they stand, or take the chunk before once more."""


@pytest.fixture
def host() -> Iterator[Host]:
    with hosting() as host:
        yield host


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let chunks be small, so that many fit into a second; return their lengths."""
    forget_the_disk(monkeypatch)
    monkeypatch.setattr(chunks, "SMALL_TARGET", 700)
    plan = chunks.plan_chunks(SMALL)
    return [stop - start for start, stop in plan.chunks()]


@pytest.mark.parametrize(("takes", "reading"), HOSTS)
def test_cut_anywhere_a_post_goes_on_and_is_posted_once(
    takes: str, reading: str, host: Host, small: list[int], tmp_path: Path
) -> None:
    publisher = Publisher(tmp_path, host, SMALL)
    seed, each = f"{takes} {reading}", CUTS // len(HOSTS)

    cuts = draw_cuts(each, seed, small, takes=takes, reading=reading)
    bad = [(cut, one) for cut in cuts if not (one := publisher.publish(cut)).is_good]
    publisher.close()

    assert bad == []
    assert set(host.levels) == {"SELF_ONLY"}


def test_cut_in_the_middle_of_real_chunks_a_post_goes_on(
    host: Host, tmp_path: Path
) -> None:
    plan = chunks.plan_chunks(REAL)
    lengths = [stop - start for start, stop in plan.chunks()]
    publisher = Publisher(tmp_path, host, REAL)

    cuts = draw_cuts(30, "real", lengths)
    bad = [(cut, one) for cut in cuts if not (one := publisher.publish(cut)).is_good]
    publisher.close()

    assert bad == []


@pytest.mark.parametrize("reading", ["index", "count", "absent"])
def test_a_host_that_wants_the_very_next_byte_gets_one_post_or_a_person(
    reading: str, host: Host, small: list[int], tmp_path: Path
) -> None:
    publisher = Publisher(tmp_path, host, SMALL)

    cuts = draw_cuts(100, reading, small, takes="byte", reading=reading)
    found = [(cut, publisher.publish(cut)) for cut in cuts]
    publisher.close()

    assert [one for one in found if not one[1].is_harmless] == []
