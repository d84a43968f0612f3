"""How targets behave where contracts leave it open, one family of traits a module."""
