"""The Web API: `POST /api/<method>`, one module a family."""
