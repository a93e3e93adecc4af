"""audit.probe_init: an init without bytes tells of the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Certainty, Check, Finding, Status
from tiktok_bridge_diagnostics.audit import UNAUDITED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts


def _judge(facts: Facts) -> Iterator[Finding]:
    """TikTok answers an init whose answer tells of the audit; no byte is sent.

    A public account is asked for SELF_ONLY, a private one for a wider level. What the
    answer means is said by audit.verdict. An init that is taken leaves a post that
    never gets its bytes; whether TikTok counts it, no page says.
    """
    probe = facts.last("probe")
    if probe is None:
        return
    asked, seen = probe.data.get("asked"), probe.data.get("visibility")
    inits = [
        fact
        for fact in facts.of("http", probe.about, endpoint="video_init")
        if fact.id.startswith("probe#")
    ]
    code = inits[-1].data.get("code") if inits else None
    evidence = (probe, *inits[-1:])
    status, certainty, reason = Status.UNKNOWN, Certainty.NONE, "other-answer"
    if asked is None:
        reason, says = "nothing-to-ask", f"no level would tell of a {seen} account"
    elif code == "ok" or code in UNAUDITED:
        status, certainty = Status.PASS, Certainty.CONFIRMED
        reason = "taken" if code == "ok" else "refused-as-unaudited"
        says = f"a {seen} account, asked for {asked}: {code}"
    else:
        says = f"{asked} was answered with {code or 'nothing that can be read'}"
    settles = None if status == Status.PASS else "another account, or another probe"
    yield Finding(
        status, reason, says, probe.about, certainty, evidence, settles_it=settles
    )


PROBE = Check(
    "audit.probe_init",
    "An init without bytes tells of the audit",
    _judge,
    needs=("tok.present", "tok.valid", "tok.scopes_probe", "creator.info"),
    effect="S4",
    reads=("probe",),
    docs="https://developers.tiktok.com/doc/content-posting-api-reference-direct-post",
)
