"""``homeroom bench console``: what pages of the console weigh, what they cost, and how soon they can be used."""
