"""Publish the posts of a file and show how each fares."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiktok_bridge.cli.app import (
    App,
    format_option,
    print_json,
    print_problems,
    problem_fields,
)
from tiktok_bridge.cli.check import problems_of, read
from tiktok_bridge.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tiktok_bridge.models import Result

FAILED, UNFINISHED = 1, 4
MAX_JOBS = 64
DONE = ("PUBLISHED", "IN_INBOX")


@click.command()
@click.argument("posts", type=click.Path(path_type=Path))
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=900.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait, all in all, for TikTok to finish.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1, max=MAX_JOBS),
    default=1,
    show_default=True,
    metavar="N",
    help="How many accounts to work on at once; the posts of one follow each other.",
)
@format_option
@click.pass_obj
def publish(app: App, posts: Path, wait: float, jobs: int, output: str) -> int:
    """Publish POSTS. Run it again at any time: nothing is posted twice."""
    from tiktok_bridge.cli.progress import shown

    try:
        file = read(posts)
        with shown() as show, app.bridge(**show) as bridge:
            results = bridge.publish_file(file, wait=wait, jobs=jobs)
    except ConfigError as error:
        return _nothing_sent(error, output)
    status = exit_status(results)
    if output == "json":
        fields = [asdict(result) for result in results]
        print_json({"exit_status": status, "results": fields, "problems": []})
    else:
        from tiktok_bridge.cli.results import print_results

        print_results(results)
    return status


def exit_status(results: Sequence[Result]) -> int:
    """Return 1 when something failed, 4 when something is unfinished, otherwise 0."""
    if any(result.state == "FAILED" for result in results):
        return FAILED
    return 0 if all(result.state in DONE for result in results) else UNFINISHED


def _nothing_sent(error: ConfigError, output: str) -> int:
    problems = problems_of(error)
    if output == "json":
        fields = [problem_fields(problem) for problem in problems]
        report = {"exit_status": error.exit_status, "results": [], "problems": fields}
        print_json(report)
    print_problems(problems)
    click.echo("nothing was sent", err=True)
    return error.exit_status
