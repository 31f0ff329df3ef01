"""Is each requirement met, and what follows for the three gates?"""
