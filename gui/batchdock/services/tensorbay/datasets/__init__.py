"""Datasets with all their versions, as the service tells of them and takes changes (contract §4.2 to §4.9)."""
