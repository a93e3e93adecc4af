"""Checks of the topic media."""
