"""Be the command line, but take no limit of TikTok for one: a control."""

from __future__ import annotations

import sys

from tiktok_bridge import cli
from tiktok_bridge.ledger.limits import LIMITS

LIMITS.update(dict.fromkeys(LIMITS, 1_000_000))
sys.exit(cli.run(sys.argv[1:]))
