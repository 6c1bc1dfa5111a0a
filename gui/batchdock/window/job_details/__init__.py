"""The details of one job: its head, and behind tabs its steps, problems, log, definition and raw answers."""
