"""What the builder types, behind the Makefile. Never deployed."""
