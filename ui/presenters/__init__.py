"""What is to be shown and what a press means: between passive screens and the station's services."""
