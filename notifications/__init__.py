"""Telling people: what they asked to hear, by the way that reaches them."""
