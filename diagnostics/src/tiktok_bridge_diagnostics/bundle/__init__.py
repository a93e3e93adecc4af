"""Pack what a verdict rests on, so that anyone can judge it again."""
