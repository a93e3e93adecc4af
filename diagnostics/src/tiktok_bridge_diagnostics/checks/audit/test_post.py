"""audit.test_post: the test clip becomes the post that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Certainty, Check, Finding, Remedy, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts

SOURCES: Final = {
    "public-id": "TikTok named a public post id",
    "privacy-level": "the status answer says so",
    "no-public-id": "derived: TikTok has named no public post id",
    "not-finished": "TikTok had not finished when the patience was over",
}
DELETE: Final = "Delete it in the TikTok app; its caption ends with the marker."


def _judge(facts: Facts) -> Iterator[Finding]:
    """The clip goes all the way, and who can see it is what was asked for.

    No documented answer has the privacy level that a post really got. Where a status
    names one it counts; else a public post id does, and its absence is only "not public
    so far", since moderation may take hours.
    """
    trial = facts.last("trial")
    if trial is None:
        return
    data, about = trial.data, trial.about
    told = facts.of("http", about, endpoint="status")
    used = (trial, *[one for one in told if one.id.startswith("testpost#")][-1:])
    status, asked = str(data.get("status") or ""), data.get("asked")
    if status != "PUBLISH_COMPLETE":
        says = f"{asked} came no further than {status or 'the refusal of its init'}"
        reason = status.lower().replace("_", "-") or "refused"
        outcome, sure = Status.UNKNOWN, Certainty.NONE
        yield Finding(outcome, reason, says, about, sure, used, settles_it="a retry")
        return
    seen, source = str(data.get("visibility")), str(data.get("source"))
    says = f"{asked} completed, seen as {seen} ({SOURCES.get(source, source)});"
    says += f" marker {data.get('marker')}"
    reason, remedy = seen.replace("_", "-"), Remedy(DELETE)
    yield Finding(
        Status.PASS, reason, says, about, Certainty.CONFIRMED, used, "creator", remedy
    )


TEST_POST = Check(
    "audit.test_post",
    "The test clip becomes the post that was asked for",
    _judge,
    needs=("tok.present", "tok.valid", "tok.scopes_probe", "creator.info"),
    effect="S5",
    reads=("testpost",),
    docs="https://developers.tiktok.com/doc/content-posting-api-reference-get-video-status",
)
