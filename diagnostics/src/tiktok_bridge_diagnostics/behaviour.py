"""Tell how TikTok behaves where its pages leave it open; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge_diagnostics.audit import UNAUDITED
from tiktok_bridge_diagnostics.past import POST_IDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Fact, Facts

Seen = dict[str, dict[str, list["Fact"]]]
"""For each open point the variants that were seen, each with the answers."""

NAMING: Final = ("log-id", "invalid-argument", "post-id-name", "post-id-shape")
"""The open points that are about names alone."""

INVALID: Final = ("invalid_param", "invalid_params")
BANS: Final = (
    "spam_risk_too_many_posts",
    "spam_risk_user_banned_from_posting",
    "reached_active_user_cap",
)


def seen(facts: Facts) -> Seen:
    """Return the variants that the answers show, in the order of time."""
    found: Seen = {}
    for one in facts.of("http"):
        if one.data.get("is_json"):
            for point, variant in _variants(one.data):
                found.setdefault(point, {}).setdefault(variant, []).append(one)
    return found


def told(found: Seen) -> str:
    """Return what was seen in words, by the names of the points."""
    return "; ".join(
        f"{point}: {' and '.join(sorted(found[point]))}" for point in sorted(found)
    )


def _variants(data: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - of an `http` fact
    code, status = data.get("code"), data.get("status")
    if data.get("log_id_in"):
        yield "log-id", str(data["log_id_in"])
    if code in INVALID:
        yield "invalid-argument", code
    if code in UNAUDITED:
        yield "unaudited-status", f"{status}"
        yield "unaudited-code", code
    if code in BANS and data.get("endpoint") == "creator_info":
        yield "ban-status", f"{status}"
    answered = data.get("answered") or {}
    if (
        data.get("endpoint") == "status"
        and answered.get("status") == "PUBLISH_COMPLETE"
    ):
        yield "status-level", "named" if answered.get("privacy_level") else "not-named"
    for name in POST_IDS:
        if name in answered:
            is_list = isinstance(answered[name], list)
            yield "post-id-name", name
            yield "post-id-shape", "list" if is_list else "scalar"
    if data.get("endpoint") == "token" and isinstance(answered.get("expires_in"), int):
        yield "token-life", f"{answered['expires_in']} s"
