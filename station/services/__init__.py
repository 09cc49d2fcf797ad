"""What a person can have done, one use case a module; run on the store's thread."""
