"""Who speaks for more than one person here, and what the stewards have seen of it."""
