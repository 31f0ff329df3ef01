"""Forms and texts that people read: data, no code."""
