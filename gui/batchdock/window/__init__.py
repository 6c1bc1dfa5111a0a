"""Everything on screen: one folder a page, and the shell around them."""
