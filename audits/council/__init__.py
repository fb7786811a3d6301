"""Answer the council's questions: where it is worst, what has improved, what money buys."""
