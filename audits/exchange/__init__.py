"""Hand the audit to other programs: GeoPackage, GeoJSON, CSV, XLSX, the offline map."""
