"""What the generated clients are made of, beside the generator: templates, a runtime, a description of the call."""
