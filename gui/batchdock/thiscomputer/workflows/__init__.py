"""What *This computer* can run: the built-in workflows and their catalogue."""
