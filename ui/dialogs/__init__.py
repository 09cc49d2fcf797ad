"""Short questions in front of a screen."""
