"""Checks of the topic tok."""
