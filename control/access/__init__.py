"""Who asks, what they may do, and which routes ask for which permission."""
