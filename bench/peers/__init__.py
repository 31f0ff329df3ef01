"""Which peers does the bench of the population run, and why do their answers differ?"""
