"""The Roboflow client. *This computer* answers the same requests, so it is this client with another address."""
