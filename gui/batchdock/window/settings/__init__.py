"""The dialog for what a person can decide for the whole app."""
