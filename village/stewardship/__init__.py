"""The stewards' desk: who is what in a village, and how the village is set up."""
