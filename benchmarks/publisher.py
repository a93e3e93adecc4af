"""Publish one video and print what it took; upload.py and relay.py run it as a child.

Usage: publisher.py FOLDER BASE_URL VIDEO

The video is a path, or `s3://bucket/key` beside which there is a `first.mp4`.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from tiktok_bridge import AppSettings, Bridge, Post, Secret, Settings, State
from tiktok_bridge.cli.starter import write_clip
from tiktok_bridge.tiktok.token import from_response

ACCOUNT = "acme"
FIRST = "first.mp4"
TOKEN = {"access_token": "act.benchmark", "expires_in": 3600}


def main(folder: Path, base_url: str, video: str) -> None:
    """Publish *video* with an installation of its own in *folder*."""
    app = AppSettings(client_key="benchmark", client_secret=Secret("benchmark"))
    place = video.rpartition("/")[0]
    root = folder
    if "://" not in video:
        root = Path(place)
        write_clip(root / FIRST)
    settings = Settings(app=app, folder=folder, base_url=base_url, media_root=root)
    first, post = (
        Post(id=name, account=ACCOUNT, video=source, privacy="SELF_ONLY")
        for name, source in (("first", f"{place}/{FIRST}"), ("one", video))
    )
    with Bridge(settings) as bridge:
        bridge.vault.save(ACCOUNT, from_response(TOKEN, time.time()))
        bridge.ledger.entries()
        idle = peak_rss()
        bridge.publish(first)  # what is imported at the first post is not the upload
        loaded = peak_rss()
        began, worked = time.perf_counter(), time.process_time()
        result = bridge.publish(post)
        report = {
            "seconds": time.perf_counter() - began,
            "cpu": time.process_time() - worked,
            "grown": peak_rss() - idle,
            "loaded": loaded - idle,
        }
    if result.state != State.PUBLISHED:
        sys.exit(f"{video} is {result.state}: {result.failure}")
    sys.stdout.write(json.dumps(report))


def peak_rss() -> int:
    """Return the most memory that this process has held so far, in bytes.

    Linux hands the peak of the parent down to the child, so the parent stays small.
    """
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
