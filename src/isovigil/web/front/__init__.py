"""The first page: where one signs in, and which page is one's own."""
