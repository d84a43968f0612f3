"""The generated clients."""
