"""Which tags may a template use?"""
