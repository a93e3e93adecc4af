"""Checks of the topic key."""
