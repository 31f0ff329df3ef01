"""Which windows follow from a few dates? A public page: no account, nothing kept."""
