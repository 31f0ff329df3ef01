"""What may be asked of a clinic's record? One verb a file; each either happens whole or not at all."""
