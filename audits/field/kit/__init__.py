"""Build the offline kit and read back what phones send from it."""
