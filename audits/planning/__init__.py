"""Design ramps that meet every edition of the law, count what they take, and plan what to build first."""
