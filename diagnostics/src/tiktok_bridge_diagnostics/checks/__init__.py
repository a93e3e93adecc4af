"""Judge facts: one question a file, pure."""
