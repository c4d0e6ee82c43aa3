"""Homeroom's calendar: what each day of a school year is, the periods of a day, and dated lessons."""
