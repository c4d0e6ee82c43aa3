"""What can be done with the calendar, bell schedules and lessons."""
