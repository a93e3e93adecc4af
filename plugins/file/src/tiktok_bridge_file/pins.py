"""Remember which content a file had, to notice when it has another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    import os


class Pin(NamedTuple):
    """Identify the content of a file, as far as the file system tells.

    Attributes:
        modified_ns: Nanoseconds since the epoch.
    """

    size_bytes: int
    modified_ns: int
    inode: int
    device: int

    @classmethod
    def from_stat(cls, status: os.stat_result) -> Self:
        """Take the pin from what `os.fstat` returned."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ino, status.st_dev)

    @property
    def version(self) -> str:
        """The pin in one word; without the device, whose number a reboot changes."""
        return f"{self.inode:x}-{self.size_bytes:x}-{self.modified_ns:x}"

    def changes(self, now: Pin) -> str:
        """Say in words what is different *now*; nothing when nothing is."""
        words = []
        if (self.inode, self.device) != (now.inode, now.device):
            words.append("another file has taken its place")
        if self.size_bytes != now.size_bytes:
            words.append(f"its size went from {self.size_bytes} to {now.size_bytes}")
        if self.modified_ns != now.modified_ns:
            words.append("it was written to")
        return " and ".join(words)
