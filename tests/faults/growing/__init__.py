"""A room of the tests whose next version brings migrations that take their time."""
