"""Find who reaches which places step-free over the walking network."""
