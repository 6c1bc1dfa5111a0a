"""Datasets of accounts that keep some: all of them, and what is inside one."""
