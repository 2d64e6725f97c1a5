"""Workers: they take jobs off the line, have Triton paint them, and keep the house in order."""
