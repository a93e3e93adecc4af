"""api.unknown: TikTok says nothing that this release does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy, explain
from tiktok_bridge_diagnostics.say import passed, warned
from tiktok_bridge_diagnostics.snapshot import FIELDS, LEVELS, STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Fact, Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """Every field, code and word of TikTok's answers stood on its pages.

    Something new is no fault: it is carried, and this release gives it no meaning.
    """
    told = [one for one in facts.of("http") if one.data.get("endpoint") in FIELDS]
    news = {one: sorted(set(_news(one))) for one in told}
    new = sorted({name for names in news.values() for name in names})
    if not told:
        return
    if not new:
        yield passed("nothing-new", f"{len(told)} answers hold nothing new", *told)
        return
    yield warned(
        "something-new",
        f"not known here: {', '.join(new)}",
        *[one for one in told if news[one]],
        who="developer",
        fix=Remedy("Look for a newer release, or report what is new.", docs=DOCS),
    )


def _news(one: Fact) -> Iterator[str]:
    """Yield what no page named: fields by their name, words with where they stood."""
    answered, code = one.data["answered"], one.data.get("code")
    endpoint = one.data["endpoint"]
    yield from (f"{endpoint}.{key}" for key in answered if key not in FIELDS[endpoint])
    if code and code != "ok" and not explain(code):
        yield f"code {code}"
    status, levels = answered.get("status"), answered.get("privacy_level_options")
    if endpoint == "status" and status is not None and status not in STATUSES:
        yield f"status {status}"
    for level in levels if isinstance(levels, list) else ():
        if not isinstance(level, str) or level not in LEVELS:
            yield f"level {level}"


DOCS = "https://developers.tiktok.com/doc/content-posting-api-get-started"
UNKNOWN = Check(
    "api.unknown", "TikTok says nothing new", _judge, effect="S2", docs=DOCS
)
