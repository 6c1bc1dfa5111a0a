"""The vendor's workflow engine on this computer: prepared, repaired, fed with our models, kept from the network."""
