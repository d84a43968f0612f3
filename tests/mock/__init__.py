"""The mock, on real sockets."""
