"""What the explorers share; their scripts and style sheets are joined with these."""
