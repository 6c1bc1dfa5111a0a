"""Stand-ins for what can not be had in a test: clouds. Written to the contract."""
