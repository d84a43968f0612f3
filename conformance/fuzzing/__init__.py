"""Generated requests, by Schemathesis and Hypothesis."""
