"""Keep the only truth about every post; each move is on disk before its act."""
