"""Checks of the topic dns."""
