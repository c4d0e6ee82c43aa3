"""What a school keeps beside what its plugins foresee: its own fields on any noun, and their values."""
