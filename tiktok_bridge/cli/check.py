"""Say whether the posts of a file could be sent, without asking TikTok."""

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
    from tiktok_bridge.config.posts import PostsFile
    from tiktok_bridge.models import Problem


@click.command()
@click.argument("posts", type=click.Path(path_type=Path))
@format_option
@click.pass_obj
def check(app: App, posts: Path, output: str) -> int:
    """Check POSTS: the file, the accounts and every video. Nothing is sent."""
    count = 0
    problems: list[Problem] = []
    warnings: list[Problem] = []
    try:
        file = read(posts)
        count = len(file.posts)
        with app.bridge() as bridge:
            problems, warnings = bridge.check_file(file)
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
