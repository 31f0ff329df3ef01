"""What do the tables of a run say to people: as one page, as pictures, as answers to ready questions?"""
