"""Parts of the page city_map."""
