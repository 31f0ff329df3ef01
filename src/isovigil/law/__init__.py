"""Which values governed a day, as known by a day, and on whose word?"""
