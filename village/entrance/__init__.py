"""The entrance: how people come in, show where they live, and come in again when all is lost."""
