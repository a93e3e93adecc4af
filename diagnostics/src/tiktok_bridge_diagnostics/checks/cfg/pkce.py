"""cfg.pkce: a login proves itself as TikTok wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

SHORTEST, LONGEST = 43, 128
"""Characters of a verifier."""


def _judge(facts: Facts) -> Iterator[Finding]:
    """The code challenge of a login is the hex SHA-256 of its verifier.

    Elsewhere it is base64url, as RFC 7636 has it; TikTok calls such a one invalid.
    A verifier has 43 to 128 letters, digits, `-`, `.`, `_` or `~`. It is tried with a
    login that is never begun.
    """
    for fact in facts.of("pkce"):
        length = fact.data["verifier_length"]
        fits = SHORTEST <= length <= LONGEST and fact.data["is_unreserved"]
        if fits and fact.data["is_hex_sha256"] and fact.data["method"] == "S256":
            yield passed(
                "hex", "the challenge is the hex SHA-256 of the verifier", fact
            )
        else:
            says = "the challenge is not what TikTok takes"
            remedy = Remedy("Install a release of tiktok-bridge that is whole.")
            yield failed("wrong-challenge", says, remedy, fact)


PKCE = Check(
    "cfg.pkce",
    "A login proves itself as TikTok wants it",
    _judge,
    reads=("pkce",),
    docs="https://developers.tiktok.com/doc/login-kit-desktop",
)
