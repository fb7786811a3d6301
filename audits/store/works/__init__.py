"""Keep what the municipality plans, designs and builds."""
