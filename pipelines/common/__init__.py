"""Small tools, one idea each."""
