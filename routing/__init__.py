"""Which agency answers: pure functions over a province pack's tables."""
