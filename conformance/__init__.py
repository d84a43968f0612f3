"""A conformance suite for rerank APIs: a contract goes in; a mock, a verdict and a comparison come out."""

__version__ = "0.1.0"
