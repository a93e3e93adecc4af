"""Keep a bundle in a file that only its owner may read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tiktok_bridge import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def save(path: Path, data: bytes) -> None:
    """Write *data* to *path*, mode 0600, whole or not at all.

    Raises:
        ConfigError: It cannot be written there.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written: {error.strerror}",
            hint="name a file in a folder that you may write to, with some MiB free",
        ) from None
    finally:
        draft.unlink(missing_ok=True)
