"""Keep one sealed record per account in a folder."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import TYPE_CHECKING

from tiktok_bridge import StoreError
from tiktok_bridge_file.access import require_writable
from tiktok_bridge_file.checks import require_private
from tiktok_bridge_file.failures import reported
from tiktok_bridge_file.files import open_file, read_private, replace_file
from tiktok_bridge_file.folders import closing, create_folder, open_private_folder
from tiktok_bridge_file.locks import acquire, release
from tiktok_bridge_file.names import (
    account_of,
    encode,
    is_shortened,
    stem_of,
    whole_account_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORD = ".record"  #: ending of the record itself
PREVIOUS = ".prev"  #: ending of the record before this one
ASIDE = ".damaged"  #: ending of a record that could not be read, for a person
LOCK = ".lock"  #: ending of the lock file, which is never removed
NAME = ".name"  #: ending of the whole account name, where the stem is shortened


class FileTokenStore:
    """Keep records as files of mode 0600 in a folder of mode 0700."""

    def __init__(self, path: str) -> None:
        self._path = path

    def load(self, account: str) -> bytes | None:
        """See `TokenStore.load`."""
        name = stem_of(account) + RECORD
        with (
            reported("read", self._file(name), StoreError),
            suppress(FileNotFoundError),
            closing(open_private_folder(self._path)) as folder,
        ):
            return self._read(name, folder)
        return None

    def previous(self, account: str) -> bytes | None:
        """See `RecoverableStore.previous`."""
        name = stem_of(account) + PREVIOUS
        with (
            reported("read", self._file(name), StoreError),
            suppress(FileNotFoundError),
            closing(open_private_folder(self._path)) as folder,
        ):
            return self._read(name, folder)
        return None

    def where(self, account: str) -> str:
        """See `RecoverableStore.where`."""
        return self._file(stem_of(account) + RECORD)

    def set_aside(self, account: str) -> str:
        """See `RecoverableStore.set_aside`; the same record is kept once."""
        stem = stem_of(account)
        with (
            reported("set aside", self._file(stem + RECORD), StoreError),
            closing(open_private_folder(self._path)) as folder,
        ):
            record = self._read(stem + RECORD, folder)
            name = f"{stem}.{sha256(record).hexdigest()[:8]}{ASIDE}"
            replace_file(name, record, folder=folder)
        return self._file(name)

    def save(self, account: str, record: bytes) -> None:
        """See `TokenStore.save`."""
        stem = stem_of(account)
        with (
            reported("write", self._file(stem + RECORD), StoreError),
            closing(self._create()) as folder,
        ):
            if is_shortened(stem):
                replace_file(stem + NAME, encode(account), folder=folder)
            replace_file(stem + RECORD, record, folder=folder, previous=stem + PREVIOUS)

    def delete(self, account: str) -> None:
        """See `TokenStore.delete`; what a killed process left goes as well."""
        stem = stem_of(account)
        with (
            reported("delete", self._file(stem + RECORD), StoreError),
            suppress(FileNotFoundError),
            closing(open_private_folder(self._path)) as folder,
        ):
            for name in self._files_of(stem, folder):
                with suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=folder)
            os.fsync(folder)

    def accounts(self) -> list[str]:
        """See `TokenStore.accounts`."""
        with (
            reported("list", self._path, StoreError),
            suppress(FileNotFoundError),
            closing(open_private_folder(self._path)) as folder,
        ):
            names = [name for name in _names(folder) if name.endswith(RECORD)]
            found = [self._account(name.removesuffix(RECORD), folder) for name in names]
            return sorted(account for account in found if account is not None)
        return []

    def health(self) -> str:
        """See `Checkable.health`."""
        with reported("use", self._path, StoreError):
            place = require_writable(self._path)
            if place != self._path:
                return f"not there yet; it can be made in {place!r}"
            with closing(open_private_folder(self._path)) as folder:
                count = sum(name.endswith(RECORD) for name in _names(folder))
        return f"a folder for this user alone, writable; accounts: {count}"

    @contextmanager
    def lock(self, account: str, *, timeout: float) -> Iterator[None]:
        """See `TokenStore.lock`."""
        name = stem_of(account) + LOCK
        path = self._file(name)
        with reported("lock", path, StoreError):
            descriptor = self._open_lock(name)
        with closing(descriptor):
            with reported("lock", path, StoreError):
                require_private(os.fstat(descriptor), path)
                acquire(descriptor, path, timeout=timeout)
            try:
                yield
            finally:
                release(descriptor)

    def _file(self, name: str) -> str:
        return f"{self._path}/{name}"

    def _create(self) -> int:
        create_folder(self._path)
        return open_private_folder(self._path)

    def _open_lock(self, name: str) -> int:
        with closing(self._create()) as folder:
            return open_file(name, os.O_RDWR | os.O_CREAT, folder=folder)

    def _read(self, name: str, folder: int) -> bytes:
        return read_private(name, self._file(name), folder=folder)

    def _files_of(self, stem: str, folder: int) -> list[str]:
        """Return all but the lock, the record first and the name last."""
        names = [n for n in _names(folder) if n.partition(".")[0] == stem]
        return sorted(set(names) - {stem + LOCK}, reverse=True)

    def _account(self, stem: str, folder: int) -> str | None:
        if not is_shortened(stem):
            return account_of(stem)
        with suppress(FileNotFoundError):  # deleted meanwhile
            return whole_account_of(stem, self._read(stem + NAME, folder))
        return None


def _names(folder: int) -> list[str]:
    return os.listdir(folder)
