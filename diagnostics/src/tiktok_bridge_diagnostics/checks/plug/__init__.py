"""Checks of the topic plug."""
