"""Find the key ring of an installation, and change it."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from tiktok_bridge.config import environment
from tiktok_bridge.errors import ConfigError, StoreError
from tiktok_bridge.redaction.redaction import Redaction
from tiktok_bridge.tokens import keyfile
from tiktok_bridge.tokens.keyring import KeyRing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Change = Callable[[KeyRing], KeyRing]


class Keys:
    """The key ring at *url*, `file:` or `env:NAME`; may be shared by threads.

    A file is read again whenever it has changed.

    Args:
        url: Where the ring is.
        redaction: Learns every key that is read.

    Attributes:
        url: Where the ring is.

    Raises:
        ConfigError: The scheme of *url* is neither `file:` nor `env:`.
    """

    def __init__(self, url: str, redaction: Redaction | None = None) -> None:
        self.url = url
        self._redaction = redaction or Redaction()
        if not url.startswith(("env:", "file:")):
            raise ConfigError(f"keys: {url} is neither file:PATH nor env:NAME")
        self._is_file = url.startswith("file:")
        self._path = Path(unquote(urlsplit(url).path))
        self._seen: tuple[object, KeyRing] | None = None

    @property
    def ring(self) -> KeyRing:
        """The ring as it is now; the very same object while it has not changed.

        Raises:
            StoreError: It cannot be read, is no key ring, or others may read it.
        """
        is_now = keyfile.stamp_of(self._path) if self._is_file else self._variable()
        seen = self._seen
        if seen and is_now == seen[0]:
            return seen[1]
        return self.reread()

    def reread(self) -> KeyRing:
        """Return the ring, read anew whatever is known of it; errors as of `ring`."""
        stamp: object
        if self._is_file:
            stamp, text = keyfile.read(self._path)
        else:
            stamp = text = self._variable()
        ring = self._parsed(text)
        self._seen = stamp, ring
        return ring

    @contextmanager
    def sealing(self) -> Iterator[KeyRing]:
        """Yield the ring, which stays as it is until the record is kept."""
        if not self._is_file:
            yield self.ring
            return
        with keyfile.sealing(self._path) as text:
            yield self._parsed(text)

    def create(self) -> None:
        """Make a file with one new key, unless there is one; other rings stay."""
        if self._is_file and keyfile.stamp_of(self._path) is None:
            keyfile.create(self._path, KeyRing.new())

    def new(self, to: Path | None = None) -> KeyRing:
        """Make a ring with one key where none is, or in the file *to*.

        Raises:
            ConfigError: There is one already, or it cannot be written from here.
            StoreError: It cannot be written.
        """
        ring = KeyRing.new()
        path = to or self._own_file("made", "keys new")
        if not keyfile.create(path, ring):
            raise ConfigError(f"{path} is there already, and was not touched")
        return ring

    def rotate(self, to: Path | None = None) -> KeyRing:
        """Add a key that seals from now on; the others still open.

        Args:
            to: A new file for the changed ring, instead of the ring itself.

        Raises:
            ConfigError: The ring cannot be written from here, or *to* is there.
            BusyError: Tokens are being sealed all the time; nothing was changed.
            StoreError: It cannot be read or written; nothing was changed.
        """
        return self._change(KeyRing.with_new_key, to, "keys rotate")

    def drop(self, key_id: str, to: Path | None = None) -> KeyRing:
        """Take the key *key_id* out of the ring; see `rotate` for the rest.

        Whether a record needs it is for the caller to know.
        """
        return self._change(
            lambda ring: ring.without(key_id), to, f"keys retire {key_id}"
        )

    def _change(self, change: Change, to: Path | None, command: str) -> KeyRing:
        if to is not None:
            changed = change(self.reread())
            if not keyfile.create(to, changed):
                raise ConfigError(f"{to} is there already, and was not touched")
            return changed
        path = self._own_file("changed", command)
        with keyfile.changing(path) as text:
            changed = change(self._parsed(text))
            keyfile.replace(path, changed)
        return changed

    def _own_file(self, done: str, command: str) -> Path:
        if self._is_file:
            return self._path
        raise ConfigError(
            f"the key ring {self.url} is in the environment, which cannot be {done}"
            " from here",
            hint=f"run tiktok-bridge {command} --to FILE, and set the variable to the"
            " content of FILE wherever it is set",
        )

    def _variable(self) -> str:
        text = environment.variable(self.url.removeprefix("env:"))
        if not text:
            raise StoreError(
                f"the key ring {self.url} is not set in the environment",
                hint="set the variable to the content of the key ring's file;"
                " tiktok-bridge keys new --to FILE makes one",
            )
        return text

    def _parsed(self, text: str) -> KeyRing:
        where = str(self._path) if self._is_file else self.url
        ring = KeyRing.from_text(text, where)
        self._redaction.add(*ring.secrets, keep=True)
        return ring
