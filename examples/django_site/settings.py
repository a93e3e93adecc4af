"""The settings of the site that the command needs."""

import os
from pathlib import Path

BASE_DIR = Path(__file__).parent
INSTALLED_APPS = ["newsroom"]
TIKTOK_BRIDGE = {
    "CONFIG": os.environ.get("TIKTOK_BRIDGE_CONFIG", BASE_DIR / "bridge.yaml"),
    "ACCOUNT": "acme",
}
