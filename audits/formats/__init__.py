"""Read and write files, each format in one module."""
