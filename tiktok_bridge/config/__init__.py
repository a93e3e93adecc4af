"""Read what people write: YAML, checked by a schema, into values."""
