"""Parts that screens are made of: they show what they are told and tell what was pressed, nothing more."""
