"""A mill: jobs that take a moment and leave exactly one sack of flour each, and one that kills its worker."""
