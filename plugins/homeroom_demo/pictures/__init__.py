"""``homeroom demo pictures``: screenshots of every page of the console, and a sheet that shows them all."""
