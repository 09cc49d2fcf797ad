"""The rules: health protocols as data, their engine, and the Clearance. Standard library only."""
