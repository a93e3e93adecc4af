"""Gather facts: all the I/O of the doctor."""
