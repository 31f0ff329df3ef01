"""What would a nation's records of isotretinoin look like, with every mishap known beforehand?"""
