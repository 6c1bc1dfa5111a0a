"""Labels, from what services say to findings, and back."""
