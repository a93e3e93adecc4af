"""media.chunk_plan: uploads are cut as TikTok wants them, however it reads MB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.say import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

LEAST: Final = 5 * 1_048_576
MOST: Final = 64_000_000
LAST: Final = 128_000_000
COUNT: Final = 1000


def _judge(facts: Facts) -> Iterator[Finding]:
    """Every chunk lies between the limits of both readings, 10^6 and 2^20.

    The count is the size divided by the chunk, rounded down; a video of one chunk is
    that chunk; the last chunk takes the rest.
    """
    for draft in facts.of("draft"):
        plan, size = draft.data["plan"], draft.data["size_bytes"]
        if not plan:
            continue
        chunk, count = plan["chunk_size"], plan["total_chunk_count"]
        last = size - chunk * (count - 1)
        is_one = count == 1 and chunk == size <= MOST
        is_cut = LEAST <= chunk <= MOST and 1 < count == size // chunk <= COUNT
        says = f"{size:,} bytes in {count} chunks of {chunk:,}"
        if is_one or (is_cut and chunk <= last <= LAST):
            yield passed("valid", says, draft, about=draft.about)
            continue
        fix = Remedy("Report it: that is a fault of tiktok-bridge.")
        about, who = draft.about, "developer"
        yield failed("invalid", says, draft, who=who, fix=fix, about=about)  # type: ignore[arg-type] # one of `WhoActs`


CHUNK_PLAN = Check(
    "media.chunk_plan",
    "Uploads are cut as TikTok wants them",
    _judge,
    needs=("media.open",),
    reads=("drafts",),
    docs="https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide",
)
