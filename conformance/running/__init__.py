"""One run: a plan of requests, sent; what came back, judged."""
