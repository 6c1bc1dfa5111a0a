"""Datasets that a service keeps with all their versions, and what the flows need of such a service."""
