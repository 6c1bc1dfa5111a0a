"""The page of files on their way to a service or home."""
