"""Who works at the clinic, and what it judges by."""
