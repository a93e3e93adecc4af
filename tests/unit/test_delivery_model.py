"""Whatever comes and goes, each notifier gets every event, each post's in order.

The long version is tests/chaos/test_delivery.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.delivering import Game
from tiktok_bridge.ledger import turns

if TYPE_CHECKING:
    from pathlib import Path

GAMES, STEPS = 10, 40


def play(folder: Path, seeds: range = range(GAMES)) -> None:
    """Play some games, each on a ledger of its own."""
    for seed in seeds:
        game = Game(f"sqlite:///{folder}/{seed}.db", seed)
        try:
            game.play(STEPS)
        finally:
            game.close()


def test_every_event_arrives_in_order_and_once_unless_something_broke(
    tmp_path: Path,
) -> None:
    play(tmp_path)


def test_a_delivery_without_turns_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "is_valid", lambda *_: False)

    with pytest.raises(AssertionError, match="came twice"):
        play(tmp_path)
