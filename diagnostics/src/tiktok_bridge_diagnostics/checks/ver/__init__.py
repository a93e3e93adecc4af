"""Checks of the topic ver."""
