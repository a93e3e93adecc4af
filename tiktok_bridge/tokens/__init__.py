"""Keep tokens: sealed before a store sees them, refreshed under its lock."""
