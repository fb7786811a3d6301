"""Print the transition plan that a council adopts, from the record."""
