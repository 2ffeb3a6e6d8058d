"""The tools of the builders, tried for real."""
