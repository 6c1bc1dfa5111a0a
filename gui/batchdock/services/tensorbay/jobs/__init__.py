"""Merges, searches and evaluations, as jobs of the one table (contract §4.11, §6)."""
