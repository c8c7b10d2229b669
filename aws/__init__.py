"""What exists only on Lambda: its events, its clients, and what DynamoDB keeps."""
