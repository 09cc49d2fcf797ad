"""Files without code: code tables, icons, fonts, translations. Read through importlib.resources."""
