"""The wire: routes, answers, and who may ask."""
