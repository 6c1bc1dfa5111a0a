"""TensorBay: datasets with versions, as its Open API v1 keeps them."""
