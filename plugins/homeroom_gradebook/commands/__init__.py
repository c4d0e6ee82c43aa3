"""What can be done in the gradebook: one function for each verb of the office."""
