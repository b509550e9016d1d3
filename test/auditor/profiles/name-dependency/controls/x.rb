include_controls "somewhere"
