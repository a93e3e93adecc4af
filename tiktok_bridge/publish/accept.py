"""Take posts into the ledger: all of them, or none if one has a problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge.errors import ConflictError, InvalidInput
from tiktok_bridge.ledger.conflict import conflict
from tiktok_bridge.ledger.states import AT_REST, OPEN
from tiktok_bridge.models import Place, PostKey, Problem
from tiktok_bridge.publish.preflight import Objection
from tiktok_bridge.publish.shape import shape

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tiktok_bridge.config.posts import PostsFile
    from tiktok_bridge.ledger.entry import Entry
    from tiktok_bridge.ledger.ledger import Ledger
    from tiktok_bridge.models import Post
    from tiktok_bridge.publish.preflight import Preflight

    Locate = Callable[[int, Objection], Problem]


def accept(
    ledger: Ledger, preflight: Preflight, posts: Sequence[Post], locate: Locate
) -> tuple[list[Entry], list[Problem]]:
    """Return what became of *posts*, and what they were warned of.

    Args:
        ledger: Takes them.
        preflight: Checks those that can still be sent.
        posts: What is to be published.
        locate: Says where a post of some number was written, and what is wrong there.

    Raises:
        InvalidInput: Something is wrong with a post.
        ConflictError: An id is taken by other content.
    """
    known = ledger.known(map(key_of, posts))
    sizes: list[int | None] = []
    wrong: list[Problem] = []
    taken: list[Problem] = []
    warnings: list[Problem] = []
    for index, post in enumerate(posts):
        entry, size = known.get(key_of(post)), None
        if entry is None or entry.state not in AT_REST | OPEN:
            objections, size = preflight.check(post)
            for one in objections:
                (warnings if one.warning else wrong).append(locate(index, one))
        if found := conflict(entry, post, size):
            taken.append(locate(index, Objection("id", *found)))
        sizes.append(size)
    if taken:
        raise ConflictError(*taken, *wrong)
    if wrong:
        raise InvalidInput(*wrong)
    return ledger.accept(zip(posts, sizes, strict=True)), warnings


def require_shape(posts: Sequence[Post]) -> None:
    """Refuse posts built in Python that could not stand in a file.

    Raises:
        InvalidInput: With everything that is wrong.
    """
    wrong = [about(post, one) for post in posts for one in shape(post)]
    if wrong:
        raise InvalidInput(*wrong)


def key_of(post: Post) -> PostKey:
    """Return the idempotency key of *post*."""
    return PostKey(post.account, post.id)


def about(post: Post, objection: Objection) -> Problem:
    """Return *objection* as the problem of a post that stands in no file."""
    place = Place(key=f"post {post.id!s:.200}: {objection.key}")
    return Problem(place, objection.message, objection.hint)


def written(file: PostsFile, index: int, objection: Objection) -> Problem:
    """Return *objection* as the problem of the post at *index* of *file*."""
    return file.problem(index, objection.key, objection.message, hint=objection.hint)
