"""Report findings, surveys and changes in the reader's words."""
