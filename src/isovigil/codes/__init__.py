"""Which codes of the public code systems are read, and what does each mean here? Data only."""
