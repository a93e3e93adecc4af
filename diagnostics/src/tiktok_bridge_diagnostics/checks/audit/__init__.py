"""Checks of the topic audit."""
