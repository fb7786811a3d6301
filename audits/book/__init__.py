"""Print the map book and blank measuring sheets."""
