"""What was asked and decided at a visit? One page, then a signature."""
