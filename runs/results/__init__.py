"""What a job shows besides its sentence: tables and charts, made of whatever it has at hand."""
