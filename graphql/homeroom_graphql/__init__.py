"""GraphQL over the resources and commands of a space: one operation, one SQL statement, JSON bytes."""
