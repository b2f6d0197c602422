"""The tier table as a project has it, and where an account stands in it."""
