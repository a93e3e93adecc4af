"""Checks of the topic creator."""
