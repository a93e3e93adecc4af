"""The contract of known_secrets, kept by our plugins and by one with a binary key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import tiktok_bridge_redis
import tiktok_bridge_s3
from tests.s3 import SECRET_KEY
from tiktok_bridge import host
from tiktok_bridge.testing import KnownSecretsContract
from tiktok_bridge_s3.clients import client_for, close_clients
from tiktok_bridge_s3.urls import Reach

if TYPE_CHECKING:
    from pathlib import Path

    from tests.s3 import S3


class TestKnownSecrets(KnownSecretsContract):
    @pytest.fixture
    def planted(self) -> list[str]:
        return ["p@ss of a vault", "\\x00\\x01key-of-a-vault"]

    @pytest.fixture
    def known_secrets(self, planted: list[str]) -> object:
        return lambda: [planted[0], b"\x00\x01key-of-a-vault"]


class TestSecretsOfRedis(KnownSecretsContract):
    """What stands in a URL, and what stands in a file that it names."""

    @pytest.fixture
    def planted(self) -> list[str]:
        return ["p@ss/of-a-url", "pass of a sentinel", "pass of a file"]

    @pytest.fixture
    def known_secrets(self, planted: list[str], tmp_path: Path) -> object:
        (tmp_path / "short").write_text("short")
        (tmp_path / "password").write_text(f"{planted[2]}\n")
        for file in ("password", "short", "missing"):
            tiktok_bridge_redis.open_token_store(
                "redis+sentinel://me:p%40ss%2Fof-a-url@127.0.0.1:1/name"
                "?sentinel_password=pass%20of%20a%20sentinel"
                f"&password_file={tmp_path / file}"
            )
        return tiktok_bridge_redis.known_secrets


class TestSecretsOfS3(KnownSecretsContract):
    """What stands in the environment, and in the profile that was used."""

    @pytest.fixture
    def planted(self) -> list[str]:
        return [SECRET_KEY, "token-of-the-session", "secret/of+a/profile"]

    @pytest.fixture
    def known_secrets(
        self,
        s3: S3,
        planted: list[str],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> object:
        monkeypatch.setenv("AWS_SESSION_TOKEN", planted[1])
        (tmp_path / "credentials").write_text(
            "[studio]\naws_access_key_id = AKIA\n"
            f"aws_secret_access_key = {planted[2]}\n"
        )
        file = str(tmp_path / "credentials")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", file)
        client_for(Reach(endpoint_url=s3.proxy.url, region="x", profile="studio"))
        close_clients()
        return tiktok_bridge_s3.known_secrets


def test_what_a_plugin_says_of_a_password_in_a_file_is_hidden(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("hunter2hunter2")
    plugged = host.load()
    plugged.open_notifier(
        f"redis://127.0.0.1:1/0?stream=x&password_file={tmp_path / 'password'}"
    )

    assert plugged.redaction.text("it is hunter2hunter2!") == "it is ***!"
