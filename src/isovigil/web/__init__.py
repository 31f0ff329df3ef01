"""Which pages does the clinic see? Templates and views; no rules, no windows, no SQL."""
