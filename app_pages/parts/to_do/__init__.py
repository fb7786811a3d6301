"""Parts of the page of tasks."""
