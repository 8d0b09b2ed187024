"""The Admin tab: what only an administrator may see and do."""
