"""Say what is in a bundle, so that a change of it is seen."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge_diagnostics import safe_json
from tiktok_bridge_diagnostics.archive import BundleError
from tiktok_bridge_diagnostics.bundle.case import pretty
from tiktok_bridge_diagnostics.printable import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MANIFEST: Final = "MANIFEST.json"
SUMS: Final = "SHA256SUMS"
VERSION: Final = 1
"""Version of the bundle."""


def seal(files: Mapping[str, bytes], said: Mapping[str, Any]) -> dict[str, bytes]:
    """Return *files* with a manifest that says what is *said*, and their sums."""
    listed = [
        {"path": name, "sha256": _sha256(files[name]), "bytes": len(files[name])}
        for name in sorted(files)
    ]
    manifest = {"version": VERSION, **said, "files": listed}
    sealed = manifest | {"root_sha256": _root(manifest)}
    return {**files, SUMS: _sums(files), MANIFEST: pretty(sealed)}


def read(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the manifest of a bundle.

    Raises:
        BundleError: There is none, or it is of a later version.
    """
    if MANIFEST not in files:
        raise BundleError(f"no {MANIFEST} is in it, so it is no bundle of ours")
    value = safe_json.loads(files[MANIFEST], name=MANIFEST)
    version = value.get("version") if isinstance(value, dict) else None
    if not isinstance(version, int) or not isinstance(value.get("files"), list):
        raise BundleError(f"{MANIFEST}: no manifest")
    if version > VERSION:
        raise BundleError(
            f"it has version {version}, and this doctor reads {VERSION}",
            hint="pip install -U tiktok-bridge-diagnostics",
        )
    return dict(value)


def faults(files: Mapping[str, bytes]) -> list[str]:
    """Return what was changed in the *files* of a bundle since it was made, in words.

    Raises:
        BundleError: They have no manifest.
    """
    return list(_faults(files, read(files)))


def _faults(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> Iterator[str]:
    listed = {
        str(one.get("path")): one for one in manifest["files"] if isinstance(one, dict)
    }
    own = {name: files[name] for name in files if name not in (MANIFEST, SUMS)}
    for name in sorted(listed.keys() | own.keys()):
        said = shortened(name)
        if name not in own:
            yield f"{said}: is missing"
        elif name not in listed:
            yield f"{said}: was added"
        elif listed[name].get("sha256") != _sha256(own[name]):
            yield f"{said}: was changed"
    if files.get(SUMS) != _sums(own):
        yield f"{SUMS}: does not fit the files"
    rest = {name: value for name, value in manifest.items() if name != "root_sha256"}
    is_own = files[MANIFEST] == pretty(manifest)
    if manifest.get("root_sha256") != _root(rest) or not is_own:
        yield f"{MANIFEST}: was changed"


def _sums(files: Mapping[str, bytes]) -> bytes:
    """Return what `sha256sum -c` reads."""
    lines = [f"{_sha256(files[name])}  {name}\n" for name in sorted(files)]
    return "".join(lines).encode()


def _root(manifest: Mapping[str, Any]) -> str:
    return _sha256(pretty(manifest))


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
