"""Runs that print figures: the model on the development set, load, faults."""
