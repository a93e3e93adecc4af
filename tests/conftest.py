"""Settings of the whole suite."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Shared machines are slow at times, and a run must be the same when it is repeated.
settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", settings.get_profile("suite"), max_examples=2000)
settings.load_profile("suite")
