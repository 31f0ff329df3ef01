"""How is one entry of the record corrected on a page?"""
