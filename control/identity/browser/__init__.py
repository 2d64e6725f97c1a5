"""The web UI's way in: a session in a cookie that no script can read, and what keeps other pages from using it."""
