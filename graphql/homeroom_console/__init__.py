"""The console: a school in the browser, made of GraphQL documents and templates."""
