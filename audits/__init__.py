"""Judge what was measured: surveys, criteria, findings, scores, store and exchange."""
