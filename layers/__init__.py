"""Hold the ground: places, streets, sites and the maps drawn of them."""
