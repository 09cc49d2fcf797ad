"""What goes in a packet, how it is sealed, how it is checked."""
