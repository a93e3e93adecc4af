"""Checks of the topic clock."""
