"""A video at a web address is downloaded while it is uploaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contracts import test_https_media as web

if TYPE_CHECKING:
    from tests.contracts.test_https_media import Site
    from tests.journeys.conftest import Studio

authority, server, site = web.authority, web.server, web.site  # fixtures

POSTS = """\
version: 1
posts:
  - id: spring
    account: acme
    video: https://localhost:{port}/clip.mp4?{secret}
    privacy: SELF_ONLY
"""


@pytest.fixture
def posts(studio: Studio, site: Site) -> Studio:
    text = POSTS.format(port=site.server_port, secret=web.SECRET)
    (studio.folder / "posts.yaml").write_text(text)
    clip = next((studio.folder / "media").glob("*.mp4")).read_bytes()
    site.put(clip)
    return studio


def test_what_is_allowed_arrives(
    posts: Studio, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    posts.configure("version: 1", "version: 1\nmedia_hosts: [localhost]")

    assert posts.publish() == 0

    (publish,) = posts.sandbox.state()["publishes"]
    assert publish["status"] == "PUBLISH_COMPLETE"
    assert publish["video_size"] == len(site.content or b"")
    assert web.SECRET not in "".join(capsys.readouterr())


def test_what_is_not_allowed_is_told_by_check(
    posts: Studio, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    assert posts.run("check", str(posts.folder / "posts.yaml")) == 2

    said = "".join(capsys.readouterr())
    assert "posts.yaml:5: posts[0].video: https://localhost:" in said
    assert "which is no public address" in said
    assert "`media_hosts`" in said
    assert web.SECRET not in said
    assert site.connections == 0


def test_a_network_that_is_none_is_told_with_its_line(
    posts: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    posts.configure("version: 1", "version: 1\nmedia_hosts: [10.1.2.3/16]")

    assert posts.publish() == 2
    assert "media_hosts[0]: 10.1.2.3/16 has bits behind its prefix: write" in "".join(
        capsys.readouterr()
    )
