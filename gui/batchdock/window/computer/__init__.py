"""How this computer works, and how much it keeps."""
