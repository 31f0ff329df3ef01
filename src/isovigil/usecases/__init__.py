"""Which piece of work does a person ask for? One verb a file."""
