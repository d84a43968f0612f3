"""The front door: what people and CI call."""
