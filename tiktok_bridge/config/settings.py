"""Read `bridge.yaml` into settings whose paths and URLs are all absolute."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from tiktok_bridge.config import environment, hosts, reader, redirect, schema
from tiktok_bridge.errors import InvalidInput
from tiktok_bridge.secrets import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tiktok_bridge.config.reader import Document
    from tiktok_bridge.models import Problem

MAX_BYTES: Final = 1024 * 1024
"""Largest `bridge.yaml` that is read, in bytes."""

TIKTOK_URL: Final = "https://open.tiktokapis.com"
"""Where TikTok's API answers.

Source: developers.tiktok.com/doc/content-posting-api-get-started."""

TIKTOK_UPLOADS: Final = "*.tiktokapis.com"
"""The hosts to which TikTok sends video bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSettings:
    """The app at developers.tiktok.com; see `schemas/bridge.schema.json`."""

    client_key: str
    client_secret: Secret
    redirect_uri: str | None = None
    platform: Literal["desktop", "web"] = "desktop"
    environment: Literal["production", "sandbox"] = "production"
    scopes: tuple[str, ...] = ("user.info.basic", "video.publish", "video.upload")


@dataclass(frozen=True, slots=True)
class Notify:
    """One notifier: where to, and which events (`post.*` patterns).

    Attributes:
        to: URL of the notifier; it may hold a password.
        events: Patterns of the types that it wants.
    """

    to: str = field(repr=False)
    events: tuple[str, ...] = ("*",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that one `Bridge` needs to know.

    Attributes:
        app: The app at developers.tiktok.com.
        folder: Where relative paths in URLs start.
        base_url: Where the API answers, without a slash at the end.
        authorize_url: Where a person consents.
        upload_hosts: Hosts that may receive bytes besides that of `base_url`.
        ledger: Database URL; it may hold a password.
        tokens: URL of the token store; it may hold a password.
        keys: URL of the key ring: `file:` or `env:`.
        media_root: The folder that videos may not leave.
        media_hosts: Hosts and networks from which videos are read by https although
            they are not public.
        notify: Who is told.
        on_unaudited: `fail`, or `inbox` to send a refused direct post there.
    """

    app: AppSettings
    folder: Path
    base_url: str = TIKTOK_URL
    authorize_url: str = "https://www.tiktok.com/v2/auth/authorize/"
    upload_hosts: tuple[str, ...] = (TIKTOK_UPLOADS,)
    ledger: str = field(default="sqlite:///state/ledger.db", repr=False)
    tokens: str = field(default="file:state/tokens", repr=False)
    keys: str = "file:state/keys.json"
    media_root: Path = Path("media")
    media_hosts: tuple[str, ...] = ()
    notify: tuple[Notify, ...] = ()
    on_unaudited: Literal["fail", "inbox"] = "fail"

    def __post_init__(self) -> None:
        folder = Path(self.folder).resolve()
        absolute = {
            "folder": folder,
            "base_url": self.base_url.rstrip("/"),
            "ledger": _absolute_database(self.ledger, folder),
            "tokens": absolute_url(self.tokens, folder),
            "keys": absolute_url(self.keys, folder),
            "media_root": folder / self.media_root,
            "notify": tuple(
                Notify(absolute_url(one.to, folder), one.events) for one in self.notify
            ),
        }
        for name, value in absolute.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_file(
        cls, path: str | Path, environ: Mapping[str, str] | None = None
    ) -> Self:
        """Read *path*; variables come from *environ* (the process's own by default).

        Raises:
            ConfigError: With file, line, key, and what to write instead.
        """
        document = reader.read(Path(path), max_bytes=MAX_BYTES)
        value = environment.fill(document, environ)
        problems = schema.check(document, "bridge", value)
        if not problems:
            problems = list(_problems(document, value))
        if problems:
            raise InvalidInput(*problems)
        return cls(folder=Path(path).resolve().parent, **_fields(value))

    def plugged(self) -> list[tuple[str, str, str]]:
        """Return key, hook and URL of all that plugins open, as `Host.health` wants."""
        events = [
            (f"notify[{number}].to", "open_notifier", one.to)
            for number, one in enumerate(self.notify)
        ]
        return [("tokens", "open_token_store", self.tokens), *events]


def _problems(document: Document, value: dict[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with values that no schema can judge."""
    base_url = value.get("api", {}).get("base_url")
    if base_url and (wrong := redirect.page_problem(base_url)):
        yield document.problem(("api", "base_url"), f"{base_url} {wrong}")
    elif base_url and "?" in base_url:
        yield document.problem(("api", "base_url"), f"{base_url} may have no query")
    page = value.get("api", {}).get("authorize_url")
    if page and (wrong := redirect.page_problem(page)):
        yield document.problem(("api", "authorize_url"), f"{page} {wrong}")
    for index, entry in enumerate(value.get("media_hosts", ())):
        if wrong := hosts.entry_problem(entry):
            example = "write cdn.example.com, *.example.com, 10.1.0.7 or 10.1.0.0/16"
            keys = ("media_hosts", index)
            yield document.problem(keys, f"{entry} {wrong}", hint=example)
    app = value["app"]
    uri, platform = app.get("redirect_uri"), app.get("platform", "desktop")
    if uri and (wrong := redirect.redirect_problem(uri, platform, registered=True)):
        example = f"write the registered one, such as {redirect.EXAMPLE[platform]}"
        yield document.problem(("app", "redirect_uri"), f"{uri} {wrong}", hint=example)


def _fields(value: dict[str, Any]) -> dict[str, Any]:
    fields = {k: v for k, v in value.items() if k not in ("version", "app", "api")}
    fields |= {k: v for k, v in value.get("api", {}).items() if k != "upload_hosts"}
    if upload_hosts := value.get("api", {}).get("upload_hosts"):
        fields["upload_hosts"] = tuple(upload_hosts)
    app = dict(value["app"], client_secret=Secret(value["app"]["client_secret"]))
    if "scopes" in app:
        app["scopes"] = tuple(app["scopes"])
    if "media_hosts" in fields:
        fields["media_hosts"] = tuple(fields["media_hosts"])
    if "media_root" in fields:
        fields["media_root"] = Path(fields["media_root"])
    fields["notify"] = tuple(
        Notify(one["to"], tuple(one.get("events", ("*",))))
        for one in value.get("notify", ())
    )
    return fields | {"app": AppSettings(**app)}


def absolute_url(url: str, folder: Path) -> str:
    """Turn a bare path or a relative `file:` URL into an absolute `file:///` one."""
    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", url)
    if scheme and scheme.group().lower() != "file:":
        return url
    path = url[len("file:") :] if scheme else url
    if scheme and path.startswith("//"):
        return url
    return Path(folder, path).as_uri()


def _absolute_database(url: str, folder: Path) -> str:
    prefix, found, path = url.partition(":///")
    if not prefix.startswith("sqlite") or not found or path in ("", ":memory:"):
        return url
    return f"{prefix}:///{folder / path}"
