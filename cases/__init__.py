"""What can happen to a case: intake, lifecycle, access, deadlines, queries."""
