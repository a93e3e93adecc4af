"""Ask TikTok what no evidence of a customer can answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge_diagnostics.bundle.timeline import Call
    from tiktok_bridge_diagnostics.report import Report

LOGS: Final = (
    "What do your logs say about the requests with the log ids above: which rule"
    " refused them, and what state of the app did it see?"
)

AUDIT: Final = (
    "Is this client audited for direct posts, by your records, and since when?",
    (
        "How long after an approval may an init still be answered as that of an"
        " unaudited client?"
    ),
    (
        "Does an approval take effect by itself, or is there a step after it, such as a"
        " switch of the product, a new version of the app, or new scopes?"
    ),
    (
        "Is the audit's state cached anywhere, by client key, by user or by access"
        " token, and what ends that?"
    ),
    (
        "Does an access token that was issued before the approval keep the old state"
        " until it is refreshed, or until the creator consents again?"
    ),
    (
        "How can we read the state of the audit, by the API or in the portal, without"
        " posting anything?"
    ),
)
"""Asked when TikTok calls the app unaudited, or nothing proves what it is."""

SCOPE: Final = (
    (
        "Which scopes does this client have by your records, and which did the user"
        " grant to the token of the refused request?"
    ),
    "Does a scope that the app was given later need a new consent of every user?",
)
"""Asked when TikTok names a scope."""


def about(report: Report, told: list[Call]) -> Iterator[str]:
    """Yield what to ask about *report*, given the calls that were made."""
    refused = [one for one in told if one.is_refusal]
    if any(one.log_id for one in refused):
        yield LOGS
    if report.audit.status in ("unaudited", "undetermined"):
        yield from AUDIT
    if any(one.code.startswith("scope_") for one in refused):
        yield from SCOPE
