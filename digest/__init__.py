"""The weekly digest: built from a snapshot (pure), worded in Vietnamese, laid out as a report."""
