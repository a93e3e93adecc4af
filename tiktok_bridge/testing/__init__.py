"""Check that a plugin keeps its promises: subclass these classes in your tests.

Each class is a set of pytest tests around fixtures that you define. To see the
values of a failed assertion, put this in your `conftest.py`:

    pytest.register_assert_rewrite("tiktok_bridge.testing")
"""

from __future__ import annotations

from tiktok_bridge.testing.doctor import ChecksContract, CollectorsContract
from tiktok_bridge.testing.health import HealthContract
from tiktok_bridge.testing.media import (
    CONTENT,
    MIB,
    OTHER_CONTENT,
    SIZE,
    MediaPlace,
    MediaSourceContract,
    PublicMediaContract,
    PublicPlace,
)
from tiktok_bridge.testing.notifiers import (
    BatchNotifierContract,
    NotifierContract,
    make_event,
)
from tiktok_bridge.testing.recoverable import RecoverableStoreContract
from tiktok_bridge.testing.secrets import KnownSecretsContract
from tiktok_bridge.testing.stores import TokenStoreContract

__all__ = [
    "CONTENT",
    "MIB",
    "OTHER_CONTENT",
    "SIZE",
    "BatchNotifierContract",
    "ChecksContract",
    "CollectorsContract",
    "HealthContract",
    "KnownSecretsContract",
    "MediaPlace",
    "MediaSourceContract",
    "NotifierContract",
    "PublicMediaContract",
    "PublicPlace",
    "RecoverableStoreContract",
    "TokenStoreContract",
    "make_event",
]
