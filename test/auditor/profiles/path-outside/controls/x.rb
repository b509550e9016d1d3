include_controls "mixed"
