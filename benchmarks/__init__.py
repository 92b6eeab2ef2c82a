"""Measurements that take long and need data from outside; no part of the assistant imports this."""
