"""No key anywhere: everything is run against a server that echoes it."""
