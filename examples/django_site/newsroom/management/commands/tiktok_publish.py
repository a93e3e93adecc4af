"""Publish one video: `manage.py tiktok_publish article-7 clip.mp4 --privacy …`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tiktok_bridge import Bridge, BridgeError, Post, State


class Command(BaseCommand):
    """Send a post, or look again at one that TikTok has not finished."""

    help = "Publishes one video to TikTok; repeat it until nothing is left to do."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what the editor chose; nothing here has a default but the title."""
        parser.add_argument("id", help="the article's own: an id is never sent twice")
        parser.add_argument("video", help="a path below media_root")
        parser.add_argument("--privacy", required=True, help="who may see it")
        parser.add_argument("--title", default="")

    def handle(self, *_args: object, **options: Any) -> None:  # noqa: ANN401 - Django's
        """Make every step that is due; a later run makes the next."""
        said = {name: options[name] for name in ("id", "video", "privacy", "title")}
        post = Post(account=settings.TIKTOK_BRIDGE["ACCOUNT"], **said)
        try:
            with Bridge.from_config(settings.TIKTOK_BRIDGE["CONFIG"]) as bridge:
                result = bridge.publish(post, wait=0)
        except BridgeError as error:
            raise CommandError(f"{error}\n{error.hint or ''}".rstrip()) from error
        if result.state == State.FAILED and (failure := result.failure):
            raise CommandError(
                f"{failure.message}\n{failure.who_acts} has to act: {failure.hint}"
            )
        self.stdout.write(self.style.SUCCESS(f"{result.id} is {result.state}"))
