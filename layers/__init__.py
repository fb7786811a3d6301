"""Read and measure the ground: places, streets, walking network, and the maps drawn of them."""
