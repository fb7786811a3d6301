"""Measure how far surveys, surveyors and devices agree."""
