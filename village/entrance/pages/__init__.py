"""The web face of the entrance."""
