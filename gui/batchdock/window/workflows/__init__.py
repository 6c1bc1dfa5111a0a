"""Workflows and models of one's own: added, tried, looked after."""
