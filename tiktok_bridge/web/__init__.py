"""Read media by https, from hosts that may be reached."""
