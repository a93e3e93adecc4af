"""Publish one video: `manage.py tiktok_publish article-7 clip.mp4 --privacy …`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tiktok_bridge import Bridge, BridgeError, Post


class Command(BaseCommand):
    """Send a post and wait for its end; a request would only `accept` it."""

    help = "Publishes one video to TikTok; what is repeated is not sent twice."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what the editor chose; who may see it has no default."""
        parser.add_argument("id", help="the article's own: an id is never sent twice")
        parser.add_argument("video", help="a path below media_root")
        parser.add_argument("--privacy", required=True, help="who may see it")
        parser.add_argument("--title", default="")
        parser.add_argument("--wait", type=float, default=60, help="seconds")

    def handle(self, *_args: object, **options: Any) -> None:  # noqa: ANN401 - Django's
        """Publish; what TikTok has not finished by then, `advance.py` may finish."""
        said = {name: options[name] for name in ("id", "video", "privacy", "title")}
        post = Post(account=settings.TIKTOK_BRIDGE["ACCOUNT"], **said)
        try:
            with Bridge.from_config(settings.TIKTOK_BRIDGE["CONFIG"]) as bridge:
                result = bridge.publish(post, wait=options["wait"])
        except BridgeError as error:
            raise CommandError(f"{error}\n{error.hint or ''}".rstrip()) from error
        if result.has_ended and (why := result.failure):
            acts = f"who acts: {why.who_acts or 'you'}"
            raise CommandError(f"{why.message}\n{why.hint or ''}\n{acts}")
        self.stdout.write(self.style.SUCCESS(f"{result.id} is {result.state}"))
