"""Put the record on paper: the map book, its sheets for the field, and the routes of its days."""
