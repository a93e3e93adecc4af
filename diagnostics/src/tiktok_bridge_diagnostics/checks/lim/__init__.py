"""Checks of the topic lim."""
