"""Group findings by topic, in the order in which a cause is looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Status

if TYPE_CHECKING:
    from tiktok_bridge import Finding
    from tiktok_bridge_diagnostics.report import Report

TITLES: Final = {
    "env": "This machine",
    "plug": "Plugins",
    "cfg": "Configuration",
    "clock": "Clock",
    "dns": "Names of TikTok's hosts",
    "net": "Network",
    "key": "Key ring",
    "store": "Token store",
    "ledger": "Ledger",
    "app": "The app at TikTok",
    "tok": "Tokens",
    "creator": "Creators",
    "audit": "Audit",
    "media": "Media",
    "lim": "Limits",
    "hook": "Webhooks",
    "log": "Logs",
    "api": "TikTok's answers",
    "ver": "Versions",
}
"""What the topics are called; a plugin's topic is called by its id."""

WORST: Final = (
    Status.FAIL,
    Status.CRASHED,
    Status.UNKNOWN,
    Status.WARN,
    Status.BLOCKED,
    Status.PASS,
    Status.SKIPPED,
)
"""Every status, the most urgent first."""


def grouped(report: Report) -> dict[str, list[Finding]]:
    """Return the findings of each topic, the most urgent first."""
    groups: dict[str, list[Finding]] = {}
    for one in report.findings:
        groups.setdefault(one.check.partition(".")[0], []).append(one)
    return {
        topic: sorted(found, key=lambda one: WORST.index(one.status))
        for topic, found in groups.items()
    }


def title(topic: str) -> str:
    """Return what *topic* is called."""
    return TITLES.get(topic, topic)


def summary(report: Report) -> str:
    """Return the report in one line: the cause and who acts, or that there is none."""
    told = report.causes
    if not told:
        open_ = sum(report.counts[one] for one in (Status.UNKNOWN, Status.CRASHED))
        if open_:
            return f"nothing is known to be wrong; {open_} undecided"
        warned = report.counts[Status.WARN]
        return f"nothing is wrong{f'; {warned} to look at' if warned else ''}"
    first = told[0]
    about = f" ({first.about})" if first.about else ""
    more = f"; {len(told) - 1} more" if len(told) > 1 else ""
    who = f"; who acts: {first.who_acts}" if first.who_acts else ""
    return f"{first.check}{about}: {first.says}{who}{more}"
