"""Define the values that cross a boundary; every unit stands in its name or note."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping

PRIVACY_LEVELS = (
    "PUBLIC_TO_EVERYONE",
    "MUTUAL_FOLLOW_FRIENDS",
    "FOLLOWER_OF_CREATOR",
    "SELF_ONLY",
)
"""The four levels of `post_info.privacy_level`.

Source: developers.tiktok.com/doc/content-posting-api-reference-direct-post."""


class State(StrEnum):
    """Where a post stands; the moves between them are in `ledger.states`."""

    PLANNED = "PLANNED"
    INIT_SENT = "INIT_SENT"
    UPLOADING = "UPLOADING"
    LAST_CHUNK_SENT = "LAST_CHUNK_SENT"
    PROCESSING = "PROCESSING"
    PUBLISHED = "PUBLISHED"
    IN_INBOX = "IN_INBOX"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Allow:
    """Say what viewers may do; nothing unless somebody said so."""

    comment: bool = False
    duet: bool = False
    stitch: bool = False


@dataclass(frozen=True, slots=True)
class Disclose:
    """Declare commercial content."""

    your_brand: bool = False
    branded_content: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Describe one video, or some photos, to publish.

    Attributes:
        id: Yours; with the account it is the idempotency key.
        account: The name under which a token was imported.
        video: URL or path below `media_root`; empty for photos.
        photos: Up to 35 addresses; TikTok fetches them.
        transfer: `upload` sends the bytes; `pull` lets TikTok fetch them.
        mode: `direct` publishes; `inbox` leaves a draft to the creator.
        title: The caption, at most 2200 UTF-16 units, 90 with photos; `#` and `@` are
            parsed.
        description: Text below photos, at most 4000 UTF-16 units.
        privacy: One of `PRIVACY_LEVELS`; required for direct posts.
        allow: What viewers may do.
        disclose: Commercial content.
        ai_generated: Label the video as made by AI.
        cover_at: Position of the cover frame in seconds, or None for the first.
        cover: Which photo is the cover, from 0.
        add_music: Let TikTok add music to photos.
    """

    id: str
    account: str
    video: str = ""
    photos: tuple[str, ...] = ()
    transfer: Literal["upload", "pull"] = "upload"
    mode: Literal["direct", "inbox"] = "direct"
    title: str = ""
    description: str = ""
    privacy: str | None = None
    allow: Allow = field(default_factory=Allow)
    disclose: Disclose = field(default_factory=Disclose)
    ai_generated: bool = False
    cover_at: float | None = None
    cover: int = 0
    add_music: bool = False

    def __post_init__(self) -> None:
        photos: object = self.photos
        if isinstance(photos, list):  # equal posts are equal, however they were written
            object.__setattr__(self, "photos", tuple(photos))

    @property
    def is_pulled(self) -> bool:
        """Whether TikTok fetches the media, so that init is the point of no return."""
        return self.transfer == "pull" or bool(self.photos)


@dataclass(frozen=True, slots=True, order=True)
class PostKey:
    """Identify a post: the idempotency key."""

    account: str
    id: str

    def __str__(self) -> str:
        return f"{self.account}/{self.id}"


@dataclass(frozen=True, slots=True)
class Place:
    """Point at what a person wrote: a file, a line (from 1) and a key."""

    file: str | None = None
    line: int | None = None
    key: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (where, self.key) if part)


@dataclass(frozen=True, slots=True)
class Problem:
    """Tell one thing that keeps a post from being sent, and its repair."""

    place: Place
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        where = f"{self.place}: " if str(self.place) else ""
        return f"{where}{self.message}" + (f"\n  → {self.hint}" if self.hint else "")


@dataclass(frozen=True, slots=True)
class MediaStat:
    """Describe a media source.

    Attributes:
        size_bytes: The whole size.
        version: Changes whenever the content does: inode and time, an ETag.
        content_type: What the medium claims, or None; the bytes decide.
    """

    size_bytes: int
    version: str
    content_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Keep why TikTok, or we, refused: what `posts show` prints.

    Attributes:
        code: TikTok's code or fail reason; empty when it gave none.
        message: What happened, in words.
        hint: What to do next.
        who_acts: developer, creator, operator, tiktok or wait.
        log_id: What TikTok's support asks for.
        http_status: Status of the answer, or None for a fail reason.
    """

    code: str
    message: str
    hint: str | None = None
    who_acts: str | None = None
    log_id: str | None = None
    http_status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Report where a post stands after a run.

    Attributes:
        sent: Whether this run talked to TikTok about the post.
        post_ids: Public ids, as strings; empty is normal.
        visibility: `public`, `not_public_so_far` or `unknown`.
        visibility_source: What the visibility was derived from.
        next_at: Seconds since the epoch when it is worth coming back, or None.
    """

    id: str
    account: str
    state: State
    mode: str
    title: str
    sent: bool = False
    publish_id: str | None = None
    post_ids: tuple[str, ...] = ()
    visibility: str = "unknown"
    visibility_source: str = "TikTok has not finished"
    size_bytes: int | None = None
    failure: Failure | None = None
    next_at: float | None = None

    @property
    def has_ended(self) -> bool:
        """Whether no step is left: it is done, FAILED or UNKNOWN."""
        return self.next_at is None


class Event(TypedDict):
    """Tell a notifier what happened: CloudEvents 1.0, JSON format.

    Source: github.com/cloudevents/spec; data follows `schemas/event.schema.json`.
    """

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: str
    datacontenttype: str
    data: Mapping[str, Any]


Waiting = Literal["pending", "dead", "removed"]
"""How an event stands that was not delivered: it is tried again, it was given up, or
its notifier is not in the settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """Report an event that one notifier has not taken.

    Attributes:
        notifier: Its URL without secrets.
        state: `pending`, `dead` or `removed`.
        tries: How often the notifier has failed to take it.
        error: What went wrong at the last try.
        next_at: Seconds since the epoch before which it is not tried again, or None.
    """

    event: Event
    post: str
    account: str
    notifier: str
    state: Waiting
    tries: int = 0
    error: str | None = None
    next_at: float | None = None
