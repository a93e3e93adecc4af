"""Checks of the topic cfg."""
