"""Jobs: what is asked for, their states, their line, and who is told by webhook."""
