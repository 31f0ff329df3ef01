"""What does the record hold, and how is it kept so that nothing acknowledged is lost?"""
