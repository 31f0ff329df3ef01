"""How are days, months, windows and zones counted?"""
