"""Bytes at the object store, and how they become files of a draft (contract §5)."""
