"""The page of what jobs have made: look at it, save it."""
