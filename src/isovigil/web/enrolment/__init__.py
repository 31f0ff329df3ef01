"""What must be in place before treatment starts? A list of tasks, each on a small page."""
