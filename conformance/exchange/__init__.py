"""Requests and answers as they crossed the wire, and who carries them."""
