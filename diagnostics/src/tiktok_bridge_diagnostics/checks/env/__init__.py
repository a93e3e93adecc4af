"""Checks of the topic env."""
