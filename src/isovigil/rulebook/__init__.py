"""The dated values: data for the rulebook reader, no code."""
