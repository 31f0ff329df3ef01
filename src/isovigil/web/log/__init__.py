"""The signed log, and who looked at which record."""
