"""app.client_valid: TikTok takes the pair of client key and secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.answers import trouble
from tiktok_bridge_diagnostics.grants import asked_for_app, granted, refused_pair
from tiktok_bridge_diagnostics.say import failed, passed, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

COPY: Final = Remedy(
    "Copy client key and client secret anew from the portal, both from the environment"
    " that `app.environment` names; a new secret ends the old one."
)


def _judge(facts: Facts) -> Iterator[Finding]:
    """TikTok gives the app itself a token for this client key and secret.

    The token is dropped at once. `invalid_client` means a wrong pair for certain: of
    another environment, of another portal, half updated. Any other refusal proves
    nothing, since documents give this grant to other products.
    """
    asked = asked_for_app(facts) or refused_pair(facts)
    if asked is None:
        return
    said = asked.data["code"]
    if granted(facts):
        yield passed("taken", "TikTok takes the pair", asked)
    elif said == "invalid_client":
        yield failed(
            "invalid-client",
            "TikTok does not know this pair of client key and secret",
            asked,
            who="developer",
            fix=COPY,
        )
    else:
        reason = "no-answer" if asked.data["broke"] or not said else "other-refusal"
        yield unknown(
            reason,
            f"TikTok's answer says nothing of the pair ({said or trouble(asked)})",
            asked,
            settles_it="a login: `tiktok-bridge auth login ACCOUNT`",
        )


CLIENT_VALID = Check(
    "app.client_valid",
    "TikTok takes the pair of client key and secret",
    _judge,
    needs=("net.api_shape", "app.key_shape"),
    effect="S2",
    reads=("credentials",),
    docs="https://developers.tiktok.com/doc/client-access-token-management",
)
