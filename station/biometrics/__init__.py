"""Encodings of what outlives the capture."""
