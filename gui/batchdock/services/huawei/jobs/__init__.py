"""Jobs of the three services: found, told of, made, changed, started, stopped and deleted (contract §2 to §5)."""
