"""How is a patient found, and a new one registered?"""
