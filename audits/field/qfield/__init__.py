"""Ask by a QField or QGIS project, and read the rows that come back."""
