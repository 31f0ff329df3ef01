"""How can an outsider prove that a clinic's record was not changed, and how can a person be erased from it?

Pure: salts, nonces, keys and instants are handed in, and nothing of ours is imported. Start at `entries`
(what is committed to), `tree` and `paths` (the Merkle log), `heads` (what is signed), `export` (what is
handed over), `sealing` (how payloads are encrypted and erased). `verify_log.py` is a program of its own that
shares no code with the rest: it is copied to another machine and run there.
"""
