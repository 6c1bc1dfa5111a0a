"""*This computer*: a local service that speaks the Roboflow contract, and the engine behind it."""
