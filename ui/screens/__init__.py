"""One step of the work, one module: what stands on the screen. Passive: presenters fill it and hear its signals."""
