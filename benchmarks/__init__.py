"""Speed as ratios: each figure against a peer or a bare library, both timed in the same run, never by an assertion.

`python -m benchmarks` runs them all and writes benchmarks/RESULTS.md. A machine's mood moves both sides alike.
"""
