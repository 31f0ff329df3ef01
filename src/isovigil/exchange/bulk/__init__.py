"""How does a whole export come in, and how do the tables of a population go out?"""
