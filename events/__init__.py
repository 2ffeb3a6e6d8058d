"""The event board: what happens in the village, when, and who comes."""
