"""Hold the files of a bundle as a zip archive, in memory alone."""

from __future__ import annotations

from tiktok_bridge_diagnostics.archive.errors import BundleError
from tiktok_bridge_diagnostics.archive.read import read
from tiktok_bridge_diagnostics.archive.write import write

__all__ = ["BundleError", "read", "write"]
