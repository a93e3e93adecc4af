"""Say whether the posts of a file could be sent."""

from __future__ import annotations

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
from tiktok_bridge.errors import ConfigError, InvalidInput

if TYPE_CHECKING:
    from tiktok_bridge import Bridge
    from tiktok_bridge.config.posts import PostsFile
    from tiktok_bridge.models import Problem


@click.command()
@click.argument("posts", type=click.Path(path_type=Path))
@click.option(
    "--online",
    is_flag=True,
    help="Ask TikTok, too, what each creator may post now.",
)
@format_option
@click.pass_obj
def check(app: App, posts: Path, output: str, *, online: bool) -> int:
    """Check POSTS: the file, the accounts and every video. Nothing is sent."""
    count = 0
    problems: list[Problem] = []
    warnings: list[Problem] = []
    try:
        file = read(posts)
        count = len(file.posts)
        with app.bridge() as bridge:
            find = _check_online if online else type(bridge).check_file
            problems, warnings = find(bridge, file)
    except ConfigError as error:
        problems = problems_of(error)
    status = ConfigError.exit_status if problems else 0
    if output == "json":
        print_json(
            {
                "exit_status": status,
                "posts": count,
                "problems": [problem_fields(problem) for problem in problems],
                "warnings": [problem_fields(problem) for problem in warnings],
            }
        )
    print_problems(warnings, kind="warning: ")
    print_problems(problems)
    if output == "text":
        click.echo(_verdict(count, len(problems)), err=bool(problems))
    return status


def read(posts: Path) -> PostsFile:
    """Read the posts of a file."""
    from tiktok_bridge.config.posts import PostsFile

    return PostsFile.read(posts)


def _check_online(
    bridge: Bridge, file: PostsFile
) -> tuple[list[Problem], list[Problem]]:
    from tiktok_bridge.publish.online import Creators, check_online
    from tiktok_bridge.publish.preflight import Preflight

    preflight = Preflight(bridge.settings, bridge.host, bridge.vault)
    creators = Creators(bridge.client.content, bridge.vault, bridge.ledger.limits)
    found: tuple[list[Problem], list[Problem]] = ([], [])
    for index, one in check_online(file.posts, preflight, creators):
        problem = file.problem(index, one.key, one.message, hint=one.hint)
        found[one.warning].append(problem)
    return found


def problems_of(error: ConfigError) -> list[Problem]:
    """Return what *error* tells, as problems."""
    from tiktok_bridge.models import Place, Problem

    if isinstance(error, InvalidInput):
        return list(error.problems)
    return [Problem(Place(), error.message, error.hint)]


def _verdict(count: int, wrong: int) -> str:
    if wrong:
        return f"{wrong} problem{'s' if wrong > 1 else ''}; nothing was sent"
    return f"{count} post{'s' if count != 1 else ''} can be sent"
