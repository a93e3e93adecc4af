"""Checks of the topic net."""
