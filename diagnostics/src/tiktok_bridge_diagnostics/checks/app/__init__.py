"""Checks of the topic app."""
