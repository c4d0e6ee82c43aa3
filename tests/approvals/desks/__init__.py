"""What offices decide: access to data, leave, and messages to families."""
