"""Who trains, when and where: a queue that survives whatever happens to the app. Knows no system."""
