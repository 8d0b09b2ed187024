"""What can be said of a line drawing before any network sees it."""
