"""The local stack: the services of one machine, started, watched, restarted and stopped together."""
