"""A believable caseload, made up from a seed and a day: for `make run`, for trying things out
and for tests. README.md says how. Nothing but the command `doorstep demo` and tests may call it."""
