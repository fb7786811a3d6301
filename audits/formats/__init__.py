"""Read and write file formats that several parts of the program share."""
