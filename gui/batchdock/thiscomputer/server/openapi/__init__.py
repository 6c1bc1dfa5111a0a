"""The document of the wire, kept by hand beside the routes. Tests hold both together, in both directions."""
