"""Checks of the topic api."""
