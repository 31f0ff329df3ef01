"""What is asked at a visit, what do the answers mean as facts, and what does the engine say to them?"""
