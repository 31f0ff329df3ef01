"""Whose move is it today? The clinic's home page."""
