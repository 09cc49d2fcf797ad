"""The record's own words and rules. Standard library, protocols and finger codes alone."""
