"""A site on FastAPI."""
