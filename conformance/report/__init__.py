"""Reports of a run, one formatter a file. A report renders; it computes no verdict and sends nothing."""
