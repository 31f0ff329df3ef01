"""What can be known about one patient's therapy?"""
