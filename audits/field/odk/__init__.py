"""Ask by the phone form of ODK and KoboToolbox, and read its submissions."""
