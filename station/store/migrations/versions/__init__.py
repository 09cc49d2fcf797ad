"""One module a step, its name beginning with the revision."""
