"""Checks of the topic hook."""
