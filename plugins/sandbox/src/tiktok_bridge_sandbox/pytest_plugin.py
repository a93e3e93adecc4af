"""The pytest plugin: one fixture, ``tiktok_sandbox``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge_sandbox.handle import TikTokSandbox


@pytest.fixture
def tiktok_sandbox() -> Iterator[TikTokSandbox]:
    """Serve a fresh TikTok on a free port of loopback for one test."""
    # pytest loads this module in every run, so the server comes with the test.
    from tiktok_bridge_sandbox.handle import TikTokSandbox  # noqa: PLC0415 - see above
    from tiktok_bridge_sandbox.threads import running  # noqa: PLC0415 - see above

    with running() as base_url:
        sandbox = TikTokSandbox(base_url)
        yield sandbox
        sandbox.assert_lawful()
