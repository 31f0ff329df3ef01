"""Which steps come when, what if, and how is it printed?"""
