"""The contract of known_secrets, kept by a plugin with a password and a key."""

from __future__ import annotations

import pytest

from tiktok_bridge.testing import KnownSecretsContract


class TestKnownSecrets(KnownSecretsContract):
    @pytest.fixture
    def planted(self) -> list[str]:
        return ["p@ss of a vault", "\\x00\\x01key-of-a-vault"]

    @pytest.fixture
    def known_secrets(self, planted: list[str]) -> object:
        return lambda: [planted[0], b"\x00\x01key-of-a-vault"]
