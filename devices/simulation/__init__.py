"""Traits of synthetic bodies (face, fingers, strokes) and scripted faults: plain values and pixels, no citizen.

Simulators draw from here; no driver does.
"""
