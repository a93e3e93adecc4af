"""Checks of the topic log."""
