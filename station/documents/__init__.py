"""PDF for people."""
