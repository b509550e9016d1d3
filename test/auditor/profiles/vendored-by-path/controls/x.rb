include_controls "base"
