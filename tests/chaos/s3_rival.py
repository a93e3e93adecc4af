"""Count up in a token store beside other processes, each time under its lock.

Usage: s3_rival.py URL ROUNDS [--careless]. It begins when its input ends. Printed is
how often the lock was busy and how often a save was refused.
"""

from __future__ import annotations

import json
import sys
from contextlib import AbstractContextManager, nullcontext

from tiktok_bridge import BusyError, StoreError
from tiktok_bridge_s3.store import S3TokenStore
from tiktok_bridge_s3.urls import read_store_url

url, rounds, *options = sys.argv[1:]
store = S3TokenStore(read_store_url(url))
said = {"busy": 0, "refused": 0}


def held() -> AbstractContextManager[None]:
    """Return the lock; nothing of the kind for who is careless."""
    return nullcontext() if options else store.lock("acme", timeout=1.0)


def count_up() -> bool:
    """Add one to what is stored, as a renewal puts a token in another's place."""
    try:
        with held():
            number = int(store.load("acme") or b"0")
            store.save("acme", str(number + 1).encode())
    except BusyError:
        said["busy"] += 1
        return False
    except StoreError:
        said["refused"] += 1
        return False
    return True


sys.stdin.read()
for _ in range(int(rounds)):
    while not count_up():
        pass
json.dump(said, sys.stdout)
