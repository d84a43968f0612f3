"""Documents as files: folders, text, JSON, and what is kept of them."""
