"""Checks of the topic store."""
