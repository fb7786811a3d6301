"""Draw a designed ramp to scale, as PDF and DXF."""
