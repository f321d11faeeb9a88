"""Numbers behind notebook 04 that no cell prints, or prints for one draw alone."""
