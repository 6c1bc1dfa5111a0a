"""Turns jobs into stages, tasks and chunks, and sees each of them through."""
