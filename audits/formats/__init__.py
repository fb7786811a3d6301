"""Write the file formats that several parts of the product share, one writer each."""
