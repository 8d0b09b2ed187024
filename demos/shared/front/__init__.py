"""What the page is before its scripts run: its name, its pictures, and the boxes where things will be."""
