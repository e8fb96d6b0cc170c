"""Measurements beside their floors, never part of the test run's verdict: ``make bench``."""
