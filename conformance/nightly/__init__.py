"""A night: all configured targets asked, compared with the night before, told in one summary."""
