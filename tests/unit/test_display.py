"""The Display API is asked as documented, and what it says is typed and kept."""

from __future__ import annotations

import json

from tests.unit.conversation import ACCESS, LOG_ID, ONE_VIDEO, line, ok
from tiktok_bridge.tiktok.display import USER_FIELDS


def test_a_user_is_asked_for_by_the_fields_of_one_scope() -> None:
    said = line(ok(user={"open_id": "-000u", "display_name": "Acme", "new": [1]}))
    user = said.client().display.user_info(ACCESS)

    ((method, url, headers, body),) = said.sent
    names = "%2C".join(USER_FIELDS["user.info.basic"])
    assert (method, body) == ("GET", b"")
    assert url == f"https://open.tiktokapis.com/v2/user/info/?fields={names}"
    assert headers["authorization"] == f"Bearer {ACCESS.reveal()}"
    assert (user.open_id, user.display_name, user.username) == ("-000u", "Acme", None)
    assert user.data["new"] == [1]
    assert user.log_id == LOG_ID


def test_a_page_of_videos_is_read_with_its_cursor() -> None:
    said = line(ok(videos=[ONE_VIDEO], cursor=1770210873000, has_more=True))
    page = said.client().display.video_list(ACCESS, ["id"], cursor=5, max_count=20)

    assert said.sent[0][1].endswith("/v2/video/list/?fields=id")
    assert json.loads(said.sent[0][3]) == {"max_count": 20, "cursor": 5}
    assert (page.cursor, page.has_more, page.log_id) == (1770210873000, True, LOG_ID)
    assert page.videos[0].id == "7602997517160123666"
    assert page.videos[0].created_at == 1770210873


def test_the_first_page_has_no_cursor() -> None:
    said = line(ok(videos=[], has_more=False))
    page = said.client().display.video_list(ACCESS)

    assert json.loads(said.sent[0][3]) == {"max_count": 10}
    assert (page.videos, page.cursor, page.has_more) == ((), None, False)


def test_an_id_that_comes_as_a_number_is_text_and_exact() -> None:
    raw = b'{"data":{"videos":[{"id":7602997517160123667}]},"error":{"code":"ok"}}'
    said = line(None)
    said.content = raw

    (video,) = said.client().display.video_query(ACCESS, ["1", "2"]).videos

    assert video.id == "7602997517160123667"
    assert json.loads(said.sent[0][3]) == {"filters": {"video_ids": ["1", "2"]}}
