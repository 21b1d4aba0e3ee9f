"""The world's things as Zoom's JSON: field names, types and absences as on the wire."""
