"""Local news: outlets, their feeds and their articles."""
