"""How is a whole population judged: by which engine, with how many workers, and what if it stops half-way?"""
