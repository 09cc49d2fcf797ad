"""What is done with the repository, not by the program."""
