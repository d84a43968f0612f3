"""The suite as pytest items; collected by `pytest --pyargs conformance`."""
