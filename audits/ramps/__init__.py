"""Design ramps that a place has room for, check them, measure and price them."""
