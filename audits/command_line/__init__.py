"""Speak to the command line: the same record, judged and exchanged without a screen."""
