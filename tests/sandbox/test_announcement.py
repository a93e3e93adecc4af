"""What the sandbox says when it starts."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

from tiktok_bridge_sandbox import announcement
from tiktok_bridge_sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from pathlib import Path


def test_the_words_name_accounts_tokens_and_a_configuration(tmp_path: Path) -> None:
    backend = Sandbox("demo").backend

    files = announcement.write_tokens(backend, tmp_path)
    text = announcement.as_text(announcement.facts(backend, "http://x:1", files))

    assert f"shop: public account, token in {tmp_path}/shop.json" in text
    assert "    redirect_uri: http://127.0.0.1:3455/callback/\n" in text
    assert text.endswith(
        "    base_url: http://x:1\n"
        "    authorize_url: http://x:1/v2/auth/authorize/\n"
        '    upload_hosts: ["x"]'
    )


def test_without_a_folder_no_token_is_written() -> None:
    backend = Sandbox().backend

    files = announcement.write_tokens(backend, None)

    facts = announcement.facts(backend, "http://x:1", files)
    assert [account["token_file"] for account in facts["accounts"]] == [None, None]


def test_an_older_token_file_is_replaced_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    (tmp_path / "acme.json").symlink_to(elsewhere)
    backend = Sandbox().backend

    file = announcement.write_tokens(backend, tmp_path)["acme"]

    assert elsewhere.read_text() == "mine"
    assert json.loads(file.read_text()) == backend.tokens.response("acme")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
