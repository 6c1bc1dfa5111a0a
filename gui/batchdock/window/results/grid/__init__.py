"""The grid of pictures: millions of places, a screenful of work."""
