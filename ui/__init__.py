"""People: windows, screens and widgets. The only floor that knows Qt."""
