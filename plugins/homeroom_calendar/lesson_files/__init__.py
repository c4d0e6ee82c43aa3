"""Files of dated lessons: what they say, what their names mean in the school, and what becomes of them."""
