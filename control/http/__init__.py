"""What every request meets on its way in and out, whichever domain answers it."""
