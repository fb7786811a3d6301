"""Define the criteria, their dated limits and the weights, and read them from files."""
