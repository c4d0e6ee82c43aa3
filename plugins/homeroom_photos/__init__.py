"""Pictures of students and staff."""
