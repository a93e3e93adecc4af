"""Hide secrets in what leaves: log records, tracebacks, and the texts of errors."""
