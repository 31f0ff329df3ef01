"""Signing in and out: ways in, second factors, sessions, invitations."""
