"""app.key_shape: client key and secret look like a pair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Certainty, Check, Remedy
from tiktok_bridge_diagnostics.grants import granted
from tiktok_bridge_diagnostics.say import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

COPY: Final = Remedy(
    "Copy client key and client secret anew from your app at developers.tiktok.com,"
    " both from the same environment."
)


def _judge(facts: Facts) -> Iterator[Finding]:
    """Key and secret are neither swapped, equal, samples, nor torn by a space.

    No page says what they look like; a pair that TikTok has just taken is right.
    """
    app = facts.last("app")
    if app is None:
        return
    if taken := granted(facts):
        yield passed("taken", "TikTok takes this pair", app, taken)
        return
    data = app.data
    found = [
        ("has-space", "the key or the secret holds a space", data["has_space"]),
        ("is-sample", "the key or the secret is a sample's", data["is_sample"]),
        ("equal", "the secret is the key once more", data["is_same"]),
        (
            "swapped",
            "the secret looks like a key, and the key like none",
            data["is_secret_a_key"] and not data["is_key"],
        ),
    ]
    for reason, said, is_wrong in found:
        if is_wrong:
            yield failed(
                reason,
                said,
                app,
                who="operator",
                fix=COPY,
                certainty=Certainty.PROBABLE,
                settles_it="what TikTok says to the pair: app.client_valid",
            )
            return
    yield passed("plausible", "both are there and look right", app)


KEY_SHAPE = Check(
    "app.key_shape",
    "Client key and secret look like a pair",
    _judge,
    needs=("cfg.schema",),
    reads=("app",),
)
