"""The town hall and its residents: cases, and the words exchanged in them."""
