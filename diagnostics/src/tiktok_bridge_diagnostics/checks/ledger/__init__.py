"""Checks of the topic ledger."""
