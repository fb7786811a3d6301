"""Keep the register of sites, elements and instruments."""
