"""Keep photos as evidence, without what identifies people."""
