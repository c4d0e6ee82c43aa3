"""What people of a district see of its schools."""
