"""The wire: one folder for each service, and what they share."""
