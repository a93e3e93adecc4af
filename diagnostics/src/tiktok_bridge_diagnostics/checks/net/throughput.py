"""net.throughput: what is planned can be uploaded in an hour."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Final

from tiktok_bridge import Certainty, Check, Remedy
from tiktok_bridge_diagnostics.say import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

URL_LIFE: Final = 3600.0
"""Seconds for which an upload URL takes bytes."""


def _judge(facts: Facts) -> Iterator[Finding]:
    """The largest planned video goes up within the hour that an upload URL lives.

    The rate is the median of the uploads that the ledger remembers; pauses count, so
    it may be too low.
    """
    uploads = facts.of("upload")
    planned = [one for one in facts.of("planned") if one.data["size_bytes"]]
    if not uploads or not planned:
        return
    rate = median(one.data["size_bytes"] / one.data["seconds"] for one in uploads)
    largest = max(planned, key=lambda one: (one.data["size_bytes"], one.about))
    seconds = largest.data["size_bytes"] / rate
    said = f"the largest video takes {seconds / 60:.0f} min at {rate / 1e6:.1f} MB/s"
    if seconds <= URL_LIFE:
        yield passed("fits", said, largest, *uploads, certainty=Certainty.PROBABLE)
        return
    yield warned(
        "too-slow",
        f"{said}; an upload URL lives an hour",
        largest,
        *uploads,
        who="operator",
        fix=Remedy("Make the video smaller, or send it over a faster line."),
        about=largest.about,
        certainty=Certainty.PROBABLE,
        settles_it="the upload itself",
    )


THROUGHPUT = Check(
    "net.throughput",
    "What is planned can be uploaded within an hour",
    _judge,
    needs=("cfg.schema",),
    reads=("plans",),
    docs="https://developers.tiktok.com/doc/content-posting-api-reference-direct-post",
)
