"""Live progress: events of jobs, from whichever process to whoever watches."""
