"""Find secrets in a finished artefact, whatever they are encoded in; pure.

The gate shares no code with what removes secrets, so that one mistake is not made
twice. It knows the secrets themselves: nothing is guessed from patterns.

What is promised, for each secret of at least 12 bytes: any 12 bytes of it in a row
are found, plain or in every one of `ENCODINGS`, nested up to `Limits.depth`. One of 6
to 11 bytes is found when all of it stands there. One of fewer than 6 bytes is not
searched: it stands in every text by chance.

What the gate cannot look into is a hit as well: an archive with a password, data that
is neither text nor a known container (a Brotli stream cannot be told from noise), more
than the limits allow.
"""

from __future__ import annotations

from tiktok_bridge_diagnostics.gate.needles import PUBLIC
from tiktok_bridge_diagnostics.gate.walk import ENCODINGS, Hit, Limits, scan

__all__ = ["ENCODINGS", "PUBLIC", "Hit", "Limits", "scan"]
