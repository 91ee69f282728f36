"""Measures what the model understands, on texts that never enter training."""
