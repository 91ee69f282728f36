"""Composition root: settings, command line, jobs, and running everything on one machine."""
