"""The hardware: drivers, wire codecs, quality and simulators. No Qt, no store, no screen."""
