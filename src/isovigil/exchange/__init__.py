"""How do case files, rulebooks and reviews cross the edge of the core?"""
