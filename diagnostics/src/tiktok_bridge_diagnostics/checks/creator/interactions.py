"""creator.interactions: planned posts allow what their creators allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.planned import offers
from tiktok_bridge_diagnostics.say import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

MEDIA: Final = {"video": ("comment", "duet", "stitch"), "photos": ("comment",)}


def _judge(facts: Facts) -> Iterator[Finding]:
    """Comments, duets and stitches are allowed by post and creator alike.

    TikTok turns off what the account does not allow; duets and stitches of a private
    account are always off, and photos have neither.
    """
    for plan, one in offers(facts):
        if plan.data["mode"] != "direct":
            continue
        names = MEDIA.get(plan.data["medium"], ())
        told = {n: one.data["answered"].get(f"{n}_disabled") for n in names}
        off = [n for n in names if plan.data[n] and told[n] is True]
        if off:
            yield warned(
                "turned-off",
                f"the creator has turned off: {', '.join(off)}",
                plan,
                one,
                who="operator",
                fix=Remedy("Take it out of `allow`, or let the creator turn it on."),
                about=plan.about,
            )
        elif None not in told.values():
            yield passed("fit", "nothing is turned off", plan, one, about=plan.about)


INTERACTIONS = Check(
    "creator.interactions",
    "Planned posts allow what their creators allow",
    _judge,
    needs=("creator.info",),
    effect="S2",
    reads=("plans", "creator"),
    docs="https://developers.tiktok.com/doc/content-posting-api-reference-query-creator-info",
)
