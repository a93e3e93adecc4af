"""Know the words that are nobody's own: those of TikTok's pages and of our schemas."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge import State

if TYPE_CHECKING:
    from collections.abc import Iterator

SENTENCES: Final = (
    (
        "Please review our integration guidelines at "
        "https://developers.tiktok.com/doc/content-sharing-guidelines/"
    ),
    "The access token is invalid or not found in the request.",
    "The user did not authorize the scope required for completing this request.",
    "The chunk size is invalid",
    "The total chunk count is invalid",
    "Invalid media_type or post_mode",
    "The request source info is empty or incorrect",
    "Fields is required, please provide fields in the request",
    "Client key or secret is incorrect.",
    "Authorization code is expired.",
    "Refresh token is invalid or expired.",
    "Redirect_uri is not matched with the uri when requesting code.",
    "The request parameters are malformed.",
    "Client secret is missed in request.",
    "Code verifier or code challenge is invalid.",
)
"""What TikTok says in recordings, in its own words."""

OWN: Final = frozenset(
    {
        *("GET", "POST", "PUT", "HEAD", "OPTIONS", "http", "https", "file", "env"),
        *("redis", "rediss", "s3", "sandbox", "diagnostics", "sqlite", "postgresql"),
        *("ok", "late", "crashed", "direct", "inbox", "public", "private", "unknown"),
        *("dns", "connect", "tls", "timeout", "proxy", "protocol", "other"),
        *("upload", "v1", "v2", "api", "video", "oauth", "token", "Bearer", "Basic"),
        *("S0", "S1", "S2", "S3", "S4", "S5", "linux", "darwin", "x86_64", "aarch64"),
        *("ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "apfs", "nfs", "nfs4", "cifs"),
        *("smb2", "smb3", "overlay", "overlayfs", "tmpfs", "9p", "fuse", "vfat"),
        *("arm64", "cpython", "utf-8", "TLSv1.2", "TLSv1.3", "UTC", "localhost"),
    }
)
"""Words of collectors and of the protocol."""

CONNECTING: Final = frozenset(
    {
        *("a", "access", "account", "address", "again", "alone", "already", "an"),
        *("and", "answer", "answers", "API", "app", "are", "as", "at"),
        *("authorize", "authorized", "bad", "be", "because", "before", "belong"),
        *("bucket", "by", "bytes", "can", "cannot", "certificate", "clock"),
        *("closed", "count", "decimal", "deleted", "did", "disk", "do", "does"),
        *("domain", "done", "empty", "enough", "entry", "error", "every"),
        *("exceeded", "exist", "exists", "expired", "expires", "external"),
        *("failed", "failure", "failures", "field", "fields", "file", "files"),
        *("first", "folder", "for", "forbidden", "format", "found", "free"),
        *("from", "full", "given", "good", "group", "handler", "has", "hint"),
        *("host", "hours", "in", "incorrect", "internal", "invalid", "is", "it"),
        *("its", "kept", "key", "keys", "large", "last", "later", "ledger"),
        *("length", "level", "limit", "line", "lines", "link", "lock", "locked"),
        *("long", "longer", "malformed", "many", "match", "matched", "may"),
        *("memory", "minute", "minutes", "mismatch", "missing", "mode", "modes"),
        *("more", "must", "name", "names", "network", "new", "no", "nobody"),
        *("none", "not", "now", "number", "object", "objects", "of", "offered"),
        *("old", "on", "only", "open", "opened", "option", "or", "other"),
        *("others", "out", "owner", "ownership", "parameter", "parameters"),
        *("password", "path", "permission", "please", "plugin", "policy", "port"),
        *("post", "posts", "prefix", "privacy", "private", "process", "public"),
        *("published", "rate", "reached", "readable", "record", "records"),
        *("redirect", "refresh", "refused", "renew", "renewed", "reply"),
        *("request", "required", "retry", "ring", "root", "same", "schema"),
        *("scope", "scopes", "seconds", "secret", "seen", "send", "sent"),
        *("server", "short", "size", "small", "somebody", "space", "state"),
        *("status", "store", "stored", "string", "support", "supported", "text"),
        *("than", "that", "the", "them", "there", "they", "this", "TikTok"),
        *("time", "times", "to", "token", "tokens", "too", "try", "under"),
        *("unsupported", "until", "unused", "upload", "uploaded", "URL", "url"),
        *("used", "user", "users", "value", "values", "verified", "version"),
        *("waiting", "waits", "wanted", "was", "were", "while", "with"),
        *("writable", "write", "written", "wrong", "year", "yet", "you", "your"),
    }
)
"""Words of which errors are made."""

WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[._-][A-Za-z0-9]+)*", re.ASCII)


@cache
def vocabulary() -> frozenset[str]:
    """Return every word that may stay where an unknown text may not."""
    own = {*OWN, *(one.value for one in State)}
    return frozenset(own).union(_of_schemas())


@cache
def of_sentences() -> frozenset[str]:
    """Return every word that may stay in a sentence, in lower case."""
    said = " ".join(SENTENCES)
    return frozenset(
        word.lower()
        for words in (WORD.findall(said), CONNECTING, vocabulary())
        for word in words
    )


@cache
def _of_schemas() -> frozenset[str]:
    """Return the names and the values that our schemas know."""
    folder = files("tiktok_bridge.schemas")
    found: set[str] = set()
    for place in (folder, folder / "tiktok"):
        for file in place.iterdir():
            if file.name.endswith(".json"):
                found.update(_known(json.loads(file.read_text(encoding="utf-8"))))
    return frozenset(found)


def _known(schema: Any) -> Iterator[str]:  # noqa: ANN401 - parsed JSON
    if isinstance(schema, list):
        for one in schema:
            yield from _known(one)
    if not isinstance(schema, dict):
        return
    for name, value in schema.items():
        if name == "properties":
            yield from value
        if name in ("enum", "const"):
            values = value if isinstance(value, list) else [value]
            yield from (one for one in values if isinstance(one, str))
        else:
            yield from _known(value)
