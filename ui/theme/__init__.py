"""How the station looks: Fusion, one palette, one small style sheet, one face of type that comes with the program."""
