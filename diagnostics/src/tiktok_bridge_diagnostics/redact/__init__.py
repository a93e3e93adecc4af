"""Take out of evidence what nobody else should read."""
