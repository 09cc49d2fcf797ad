"""The lab: a station's other half for practice, demonstrations and tests. Synthetic people, and every simulator."""
