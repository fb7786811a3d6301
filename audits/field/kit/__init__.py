"""Build the offline kit and read the records that phones make with it."""
