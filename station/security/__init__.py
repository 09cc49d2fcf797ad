"""Keys, passwords, the audit chain, redaction."""
