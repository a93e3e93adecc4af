"""Gather whether TikTok takes the pair of client key and secret."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from tiktok_bridge import BridgeError, Collector, Fact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Visit

KEY: Final = re.compile(r"(sb)?aw[a-z0-9]{14}")
"""What every client key looks like that was ever recorded; no page says it."""

SAMPLES: Final = re.compile(
    r"your|example|change.?me|placeholder|todo|secret_here|<|>|\$\{|x{4}|client_?(key|secret)",
    re.IGNORECASE,
)
"""What stands in samples where a key or a secret belongs."""


def _app(visit: Visit) -> Iterator[Fact]:
    """Yield one fact of kind `app`, which holds no sign of the key or the secret.

    Its data: `environment` and `platform` as declared; `key_length`, `secret_length`;
    `is_sandbox_key` (it begins with sb); `is_key`, whether the key looks like one, and
    `is_secret_a_key`, whether the secret does; `is_same`, `is_sample`, `has_space`.
    """
    if visit.settings is None:
        return
    app = visit.settings.app
    key, secret = app.client_key, app.client_secret.reveal()
    pair = (key, secret)
    data = {
        "environment": app.environment,
        "platform": app.platform,
        "key_length": len(key),
        "secret_length": len(secret),
        "is_sandbox_key": key.startswith("sb"),
        "is_key": KEY.fullmatch(key) is not None,
        "is_secret_a_key": KEY.fullmatch(secret) is not None,
        "is_same": key == secret,
        "is_sample": any(SAMPLES.search(one) for one in pair),
        "has_space": any(re.search(r"\s", one) for one in pair),
    }
    yield Fact("app", "", data)


def _grant(visit: Visit) -> Iterator[Fact]:
    """Yield nothing: TikTok is asked for a token of the app, which is dropped.

    The exchange is on the tape, without the token.
    """
    if visit.settings is not None:
        with suppress(BridgeError):
            visit.client().oauth.client_token(visit.now)
    yield from ()


APP = Collector("app", _app)
CREDENTIALS = Collector("credentials", _grant, effect="S2", seconds=10.0)
