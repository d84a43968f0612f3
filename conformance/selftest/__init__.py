"""The suite against every fault of the mock and many correct servers: proof that it finds what is wrong, and only that."""
