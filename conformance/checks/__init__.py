"""Pure functions from exchanges to kept, broken or not shown. No I/O."""
