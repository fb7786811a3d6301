"""Send the questions out to QField or QGIS as a project, and read what comes back."""
