"""Publish one video: `python publish_one.py spring-01 clip.mp4 --privacy SELF_ONLY`."""

import argparse
import os
import sys

from tiktok_bridge import Bridge, BridgeError, Post, State


def main() -> int:
    """Publish what the command line says; return the exit status."""
    parser = argparse.ArgumentParser(description="Publish one video to TikTok.")
    parser.add_argument("id", help="yours; the same id is never posted twice")
    parser.add_argument("video", help="path below media_root")
    parser.add_argument("--account", default="acme", help="default: %(default)s")
    parser.add_argument("--privacy", required=True, help="who may see it: SELF_ONLY …")
    parser.add_argument("--title", default="")
    post = Post(**vars(parser.parse_args()))
    config = os.environ.get("TIKTOK_BRIDGE_CONFIG", "bridge.yaml")
    try:
        with Bridge.from_config(config) as bridge:
            result = bridge.publish(post, wait=60)
    except BridgeError as error:
        sys.stderr.write(f"{error}\n{error.hint or ''}\n")
        return 2
    print(post.id, result.state)  # noqa: T201 - a program's output
    if failure := result.failure:
        sys.stderr.write(f"{failure.message}\n{failure.hint or ''}\n")
        sys.stderr.write(f"who acts: {failure.who_acts or 'you'}\n")
    if result.state in (State.PUBLISHED, State.IN_INBOX):
        return 0
    return 1 if result.state == State.FAILED else 4  # 4: unfinished, or UNKNOWN


if __name__ == "__main__":
    sys.exit(main())
