"""What the builders of the village use: the machine's ground, not part of what runs."""
