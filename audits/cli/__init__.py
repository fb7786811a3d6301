"""Read and answer what the command line shares, and keep the record from it."""
