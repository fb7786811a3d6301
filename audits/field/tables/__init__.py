"""Import inventories that offices keep as tables."""
