"""Kill the change of a key anywhere, over many records: all open, a rerun finishes."""

from __future__ import annotations

import time
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from tests.crashes import before_each_step, die, kill_at
from tiktok_bridge import AppSettings, Bridge, Secret, Settings, Token

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Act = Callable[[int, str], object]

RECORDS = 1_000
PER_RUN = 3
"""Records that the luckiest of the killed runs gets through."""


class Many:
    """An installation with many accounts, opened anew each time."""

    def __init__(self, folder: Path) -> None:
        app = AppSettings(client_key="aw", client_secret=Secret("s"))
        self._settings = Settings(app=app, folder=folder)
        self.accounts = [f"account-{number:04}" for number in range(RECORDS)]
        with Bridge(self._settings) as bridge:
            for account in self.accounts:
                bridge.vault.save(account, self.token(account))

    def token(self, account: str) -> Token:
        return Token(
            access_token=Secret(f"act.{account}"),
            refresh_token=Secret("rft"),
            open_id=account,
            scopes=(),
            expires_at=time.time() + 86_400,
            refresh_expires_at=None,
        )

    def rotate(self) -> None:
        with Bridge(self._settings) as bridge:
            bridge.vault.keys.rotate()

    def rewrap(self, skip: int = 0, act: Act = lambda *_: None) -> int:
        """Rewrap; from the record *skip* on, *act* is told of each step."""
        with Bridge(self._settings) as bridge:
            results = bridge.vault.rewrap()
            done = list(islice(results, skip))
            with before_each_step(act):
                done += results
        assert [one.error for one in done if one.error] == []
        return sum(one.changed for one in done)

    def unreadable(self) -> list[str]:
        with Bridge(self._settings) as bridge:
            return [
                account
                for account in self.accounts
                if bridge.vault.access(account) != Secret(f"act.{account}")
            ]

    def left(self) -> int:
        """Return how many records the newest key has not sealed."""
        with Bridge(self._settings) as bridge:
            return sum(len(use.accounts) for use in bridge.vault.key_use()[:-1])


@pytest.fixture
def many(tmp_path: Path) -> Many:
    return Many(tmp_path)


def test_killed_at_any_step_no_record_is_lost_and_a_rerun_finishes(
    many: Many,
) -> None:
    many.rotate()
    steps: dict[int, str] = {}
    assert many.rewrap(RECORDS - 1, steps.__setitem__) == RECORDS
    assert len(steps) > 30, "the control: there is something to kill at"
    many.rotate()

    kills = list(range(1, PER_RUN * len(steps), PER_RUN))
    for step in kills:
        done = RECORDS - many.left()
        die(partial(many.rewrap, done, partial(kill_at, step)))

        assert many.unreadable() == []

    left = many.left()
    assert RECORDS - PER_RUN * len(kills) < left < RECORDS - len(kills) // PER_RUN
    assert many.rewrap() == left
    assert many.left() == 0
    assert many.unreadable() == []
