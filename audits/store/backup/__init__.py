"""Back up, restore and move a record, and remove what was kept long enough."""
