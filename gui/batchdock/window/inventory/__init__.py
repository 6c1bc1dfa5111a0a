"""What services keep, as tables and forms made of their descriptions."""
