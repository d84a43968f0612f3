"""The day the spec changes: what a vendor's new page means, and what follows from it."""
