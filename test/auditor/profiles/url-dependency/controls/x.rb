include_controls "far"
