"""Reports: what a reader and a machine get."""
