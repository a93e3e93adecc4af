"""Judge what is wrong with the posts of a file, by the keys of a post; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tiktok_bridge import Remedy
from tiktok_bridge_diagnostics.say import failed, passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tiktok_bridge import Fact, Finding


def judged(draft: Fact, keys: Iterable[str]) -> Iterator[Finding]:
    """Yield what is wrong, or doubtful, with *keys* of the post *draft*, or a pass."""
    wanted = tuple(keys)
    wrong = _told(draft.data["wrong"], wanted)
    doubtful = _told(draft.data["doubtful"], wanted)
    if wrong:
        yield failed(
            "refused",
            _words(wrong),
            draft,
            who="operator",
            fix=_fix(wrong),
            about=draft.about,
        )
    elif doubtful:
        yield warned(
            "doubtful",
            _words(doubtful),
            draft,
            who="operator",
            fix=_fix(doubtful),
            about=draft.about,
        )
    else:
        yield passed("sound", "nothing is wrong with it", draft, about=draft.about)


def others(draft: Fact, known: Iterable[str]) -> list[str]:
    """Return the keys of *draft* with which something is wrong, but not *known*."""
    told = {*draft.data["wrong"], *draft.data["doubtful"]}
    return sorted(told.difference(known))


def _told(by_key: Any, keys: tuple[str, ...]) -> list[Any]:  # noqa: ANN401 - JSON
    return [told for key in keys for told in by_key.get(key, ())]


def _words(told: list[Any]) -> str:
    return "; ".join(str(message) for message, _ in told)


def _fix(told: list[Any]) -> Remedy:
    hints = [str(hint) for _, hint in told if hint]
    return Remedy("; ".join(hints) or "Change the post as its finding says.")
