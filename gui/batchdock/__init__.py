"""Batchdock: run vision workflows over any number of pictures and videos."""

__version__ = "0.1.0"
