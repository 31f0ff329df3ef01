"""Which steps does safe isotretinoin therapy ask for today, and why?"""
