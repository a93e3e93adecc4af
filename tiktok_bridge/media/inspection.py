"""Look at a video or a photo as closely as what is installed allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tiktok_bridge.media import photo, probe, repair, rules, video
from tiktok_bridge.media.blocks import Blocks
from tiktok_bridge.redaction.addresses import shown

if TYPE_CHECKING:
    from pathlib import Path

    from tiktok_bridge.host import Host
    from tiktok_bridge.media.facts import Fault, PhotoFacts, VideoFacts

NO_PYAV: Final = (
    "only the first bytes of videos were looked at: codec, frame rate, pixels and"
    " duration were not checked"
)
NO_PILLOW: Final = "the pixels of JPEG photos were not checked"
HOW_TO_CHECK: Final = "python -m pip install av pillow"
"""What the extra `media` brings."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found out about one file.

    Attributes:
        name: How the post names it.
        url: Where it lies.
        facts: What it is; None if nothing is installed that tells.
        faults: The rules that it breaks.
        command: What repairs all of them, or None.
        unchecked: What nobody looked at because something is not installed, or None.
    """

    name: str
    url: str
    size_bytes: int
    facts: VideoFacts | PhotoFacts | None
    faults: tuple[Fault, ...] = ()
    command: str | None = None
    unchecked: str | None = None


def inspect_video(
    host: Host, name: str, media_root: Path, media_hosts: tuple[str, ...] | None = None
) -> Inspection:
    """Measure the video *name* and hold it against TikTok's rules.

    *media_hosts* are those of `probe.open_file`.

    Raises:
        MediaError: It is missing, broken, or no video that TikTok takes.
        PluginError: No plugin opens its scheme.
    """
    source, stat, url = probe.open_file(host, name, media_root, media_hosts)
    name = shown(name)
    file = Blocks(source, stat.size_bytes)
    content_type = probe.sniff(file.read(probe.HEAD_BYTES))
    file.require_sound()
    can_measure = video.is_available()
    if not content_type or (content_type == probe.MATROSKA and not can_measure):
        raise probe.not_taken(name, url)
    if not can_measure:
        faults = tuple(rules.check_size(stat.size_bytes))
        command = repair.encode(url) if faults else None
        return Inspection(name, url, stat.size_bytes, None, faults, command, NO_PYAV)
    facts = video.measure(file, content_type, name)
    faults = tuple(rules.check_video(facts))
    broken = {one.rule for one in faults}
    command = repair.repair_video(url, facts, broken) if faults else None
    return Inspection(name, url, stat.size_bytes, facts, faults, command)


def inspect_photo(host: Host, name: str, address: str, media_root: Path) -> Inspection:
    """Measure the photo at *address* and hold it against TikTok's rules.

    *name* is how messages name it: its place in the post and its address.

    Raises:
        MediaError: It is missing, broken, or no picture.
        PluginError: No plugin opens its scheme.
    """
    source, stat, url = probe.open_file(host, address, media_root)
    facts = photo.measure(source, stat, name)
    faults = tuple(rules.check_photo(facts))
    command = repair.repair_photo(url, facts) if faults else None
    unchecked = None if facts.width or facts.format != "jpeg" else NO_PILLOW
    return Inspection(name, url, stat.size_bytes, facts, faults, command, unchecked)
