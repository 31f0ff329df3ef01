"""How well did a service keep to what it promised: audit indicators A1 to A22?"""
