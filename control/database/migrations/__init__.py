"""What brings a database to the tables of today, one file a step."""
