"""Follow each fix from plan to acceptance."""
