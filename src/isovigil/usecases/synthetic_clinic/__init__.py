"""Which made-up patients would fill a clinic on a given day, each with a story of their own?

The facts come from the stories alone. Nothing here asks the rules or the law what to write, so that
the reviews of the clinic are a test of both.
"""
