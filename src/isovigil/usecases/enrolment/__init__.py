"""What must be in place before treatment starts, task by task, and what do the answers mean as facts?"""
