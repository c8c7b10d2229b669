"""What jobs that read a channel share: its pages, its people, its text, and how far they have come."""
